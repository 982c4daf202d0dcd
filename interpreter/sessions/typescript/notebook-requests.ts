// What the magics ask of the session's process: %%bash, %%writefile, %env, %cd, %%html. Where the notebook's cells are
// confined, so is this.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { leadsGroup, signalGroup } from "../../process-group.ts";
import { asCell } from "./attribution.ts";
import { showBundle } from "./display.ts";
import type { ChildRequests } from "./messages.ts";
import { print } from "./output.ts";
import { createTerminalLine } from "./terminal-line.ts";

const KILL_AFTER_MS = 1_000; // an interrupted script has so long to end by itself
const OUTPUT_WITHIN_MS = 200; // after its end; what it left running may hold the pipes open
const NO_BASH = "there is no bash on this machine; on Windows, Git brings one, which then has to be in the PATH";

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
      child.on("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? new Error(NO_BASH) : error));
      child.on("exit", (code) => {
        const status = code ?? 1;
        const timer = setTimeout(resolve, OUTPUT_WITHIN_MS, status);
        child.on("close", () => {
          clearTimeout(timer);
          resolve(status);
        });
      });
    });
  });
}

/** @returns whether the file was there before */
export function writeNotebookFile({ path, text, isAppended }: ChildRequests["writeFile"]): boolean {
  const place = withHome(path);
  const wasThere = existsSync(place);
  mkdirSync(dirname(place), { recursive: true });
  (isAppended ? appendFileSync : writeFileSync)(place, text);
  return wasThere;
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
