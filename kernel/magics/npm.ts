import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type CellOutput, UserError } from "../cells/cell.ts";
import { cleanText } from "../display/clean-text.ts";
import type { ModelServices } from "../model/services.ts";
import type { Magic } from "./magic.ts";
import { type PackageChanges, packageChanges, packagesOf } from "./npm-changes.ts";
import { runNpm } from "./npm-process.ts";

const USAGE = "%npm install|uninstall PACKAGE [PACKAGE…] [--save-dev] [--save-exact]";
const COMMANDS: Readonly<Record<string, string>> = {
  ...{ install: "install", i: "install", add: "install" },
  ...{ uninstall: "uninstall", remove: "uninstall", rm: "uninstall" },
};
const OPTIONS = new Set(["-D", "--save-dev", "-E", "--save-exact"]); // others reach beyond the folder, or run programs
const CODE = /^npm (?:error|ERR!) code (\w+)$/;
const STACK_LINE = /^npm (?:error|ERR!) {2,}at /;
const UNREACHABLE = "npm did not reach the registry: is there a network, or a proxy that npm has to know?";
const REASONS: Readonly<Record<string, string>> = {
  ...{ ENOTFOUND: UNREACHABLE, EAI_AGAIN: UNREACHABLE, ECONNREFUSED: UNREACHABLE, ECONNRESET: UNREACHABLE },
  ...{ ETIMEDOUT: UNREACHABLE, ENETUNREACH: UNREACHABLE, EHOSTUNREACH: UNREACHABLE, ERR_SOCKET_TIMEOUT: UNREACHABLE },
  E404: "the registry has no package of that name",
  ETARGET: "the registry has no such version of the package",
  EJSONPARSE: "the folder's package.json is no JSON",
};
const HTTP = /^npm http /;
const FETCHED = /^npm http fetch GET \d+ \S*\/(\S+?) /;

/** Packages of the notebook's folder: the words are the user's own, and go to npm as they are, without a shell. */
export function npmMagic({ folder, sandbox, session }: Pick<ModelServices, "folder" | "sandbox" | "session">): Magic {
  return {
    name: "npm",
    kind: "line",
    usage: USAGE,
    help: "Installs packages in the notebook's folder; the next cell can import them.",
    async run({ args }, output) {
      const words = readWords(args);
      if (sandbox.isOn) {
        throw new UserError(
          "this notebook runs in the sandbox, without network and with its folder read-only: %sandbox",
        );
      }
      const before = packagesOf(folder);
      const npm = runNpm(words, folder, output.signal);
      const progress = showProgress(npm.stderr, output);
      try {
        await Promise.all([show(npm.stdout, "stdout", output), progress, npm.ended]);
      } catch (error) {
        const reason = REASONS[await progress];
        if (reason === undefined) throw error;
        throw new UserError(`${reason} (npm says more above)`);
      } finally {
        await session.forgetPackages(); // also of what did not get to its end
      }
      output.signal.throwIfAborted();
      output.stream("stdout", describe(packageChanges(before, packagesOf(folder)), folder));
    },
  };
}

function readWords(args: string): readonly string[] {
  const [verb = "", ...words] = args.split(/\s+/).filter(Boolean);
  const command = COMMANDS[verb];
  const refused = words.find((word) => word.startsWith("-") && !OPTIONS.has(word));
  if (refused !== undefined) throw new UserError(`%npm takes no ${refused}; a terminal does.\nUsage: ${USAGE}`);
  if (command === undefined || words.every((word) => word.startsWith("-"))) throw new UserError(`Usage: ${USAGE}`);
  return [command, ...words];
}

async function show(stream: Readable, name: "stdout" | "stderr", output: CellOutput): Promise<void> {
  for await (const line of createInterface({ input: stream })) output.stream(name, cleanText(`${line}\n`));
}

/**
 * npm draws its progress for terminals only; what it fetches is told line by line, and shown in one place.
 * @returns npm's name for what went wrong, or ""
 */
async function showProgress(stream: Readable, output: CellOutput): Promise<string> {
  let problem = "";
  const displayId = `${output.cellId}-npm`;
  let fetched = 0;
  for await (const line of createInterface({ input: stream })) {
    const [, name] = FETCHED.exec(line) ?? [];
    if (name === undefined) {
      problem = CODE.exec(line)?.[1] ?? problem;
      if (STACK_LINE.test(line) || HTTP.test(line)) continue; // of what is in npm's cache there is nothing to wait for
      output.stream("stderr", cleanText(`${line}\n`));
      continue;
    }
    const data = { "text/plain": cleanText(`npm: ${++fetched} fetched, last ${name.replace(/%2f/i, "/")}`) };
    if (fetched === 1) output.display(data, { displayId });
    else output.updateDisplay(displayId, data);
  }
  return problem;
}

function describe({ files, packages, replaced }: PackageChanges, folder: string): string {
  const changed = [...files.map(({ name, isNew }) => `${name}${isNew ? " (new)" : ""}`), "node_modules"].join(", ");
  const lines = [
    `changed in ${folder}: ${changed}`,
    ...packages.map((one) => `package.json: ${one}`),
    ...(replaced.length === 0
      ? []
      : [`${replaced.join(", ")}: what cells have imported stays as it was until the kernel is restarted`]),
  ];
  return cleanText(`${lines.join("\n")}\n`);
}
