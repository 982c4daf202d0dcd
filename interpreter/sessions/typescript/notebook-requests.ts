// What the magics ask of the session's process: %%bash, %%writefile, %env, %cd, %%html. Where the notebook's cells are
// confined, so is this.
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { installCommand } from "../../install-command.ts";
import { leadsGroup, signalGroup } from "../../process-group.ts";
import { startLimit } from "../../start-limit.ts";
import { asCell } from "./attribution.ts";
import { showBundle } from "./display.ts";
import type { ChildRequests } from "./messages.ts";
import { print } from "./output.ts";
import { createTerminalLine } from "./terminal-line.ts";

const KILL_AFTER_MS = 1_000; // an interrupted script has so long to end by itself
const OUTPUT_WITHIN_MS = 200; // after its end; what it left running may hold the pipes open
const READ_ONLY = "it is read-only, or its folder is";
const NO_FOLDER = "a part of its path is a file, and no folder";
const NOT_WRITTEN: Readonly<Record<string, string>> = {
  ...{ EACCES: READ_ONLY, EPERM: READ_ONLY, EROFS: READ_ONLY },
  ...{ ENOTDIR: NO_FOLDER, EEXIST: NO_FOLDER },
  ENOSPC: "the disk is full",
  ENOENT: "the folder that cells run in is gone; `%cd FOLDER` leads to another", // those of its path are made
};

/** @returns its exit status; 1 where a signal ended it */
export function runBash({ cellId, script }: ChildRequests["bash"], signal: AbortSignal): Promise<number> {
  return asCell(cellId, () => {
    const child = spawn("bash", ["-c", script], { stdio: ["ignore", "pipe", "pipe"], detached: leadsGroup() });
    for (const name of ["stdout", "stderr"] as const) {
      const rewritten = createTerminalLine();
      child[name].setEncoding("utf8").on("data", (text: string) => print(name, rewritten(text), cellId));
    }
    signal.addEventListener("abort", () => {
      signalGroup(child, "SIGINT");
      setTimeout(signalGroup, KILL_AFTER_MS, child, "SIGKILL").unref();
    });
    return new Promise((resolve, reject) => {
      child.on("error", (error: NodeJS.ErrnoException) =>
        reject(error.code === "ENOENT" ? new Error(noBash()) : error),
      );
      child.on("exit", (code) => {
        const status = code ?? 1;
        const endLimit = startLimit(OUTPUT_WITHIN_MS, () => resolve(status));
        child.on("close", () => {
          endLimit();
          resolve(status);
        });
      });
    });
  });
}

function noBash(): string {
  const wayOut = process.platform === "win32" ? "Git brings one" : installCommand(["bash"]);
  return `there is no bash in the PATH; to have it: ${wayOut}`;
}

/** @returns whether the file was there before @throws Error that says why it was not written */
export function writeNotebookFile({ path, text, isAppended }: ChildRequests["writeFile"]): boolean {
  const place = withHome(path);
  try {
    const before = statSync(place, { throwIfNoEntry: false });
    if (before?.isDirectory()) throw new Error(`it is a folder; name a file in it, as ${join(path, "NAME")}`);
    // A pipe would hold the whole session until somebody reads it.
    if (before?.isFile() === false) throw new Error("it is a device, a pipe or a socket, and no file");
    mkdirSync(dirname(place), { recursive: true });
    (isAppended ? appendFileSync : writeFileSync)(place, text);
    return before !== undefined;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException; // as: ours and Node's are no others
    throw new Error(`${path} was not written: ${NOT_WRITTEN[code] ?? message}`);
  }
}

export function environment({ set = {}, folder }: ChildRequests["environment"]) {
  Object.assign(process.env, set);
  if (folder !== undefined) {
    const place = withHome(folder);
    if (!statSync(place, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`there is no folder ${folder}`);
    process.chdir(place);
  }
  return { variables: { ...process.env }, folder: process.cwd() };
}

/** @returns true: a reply has a value */
export function showInCell({ cellId, data }: ChildRequests["show"]): true {
  asCell(cellId, () => showBundle(data));
  return true;
}

function withHome(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, homedir());
}
