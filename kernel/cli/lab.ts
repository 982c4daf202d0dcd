import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { installKernelspec } from "../kernelspec.ts";
import type { Settings } from "../settings/settings.ts";
import { isPortFree, nextFreePort } from "../setup/free-port.ts";
import { startJupyterLab } from "../setup/jupyter-lab.ts";
import { copyNotebooks } from "../setup/notebooks.ts";
import { terminalReport } from "../setup/report.ts";
import { missingParts, setUp } from "../setup/set-up.ts";
import { type Command, CommandError, integer, readArguments } from "./command.ts";
import { commandSettings } from "./command-settings.ts";

const DEFAULT_FOLDER = "qwenlab-notebooks";
const DEFAULT_PORT = 8888; // Jupyter's own

export const lab: Command = {
  name: "lab",
  summary: "set up what is missing, then open JupyterLab with the kernel and the tutorial notebooks",
  usage: `usage: qwenlab lab [DIR] [--no-browser] [--port N] [--yes]

Checks the machine, fetches what is missing (JupyterLab if there is none, the model; a software driver where
QWENLAB_ADAPTER wants one), registers the kernel "Qwen (TypeScript)" and opens JupyterLab on DIR (default:
./${DEFAULT_FOLDER}), to which the tutorial notebooks are copied; files that are there already stay as they are. Ctrl-C
ends it.

  --no-browser   only print the address
  --port N       the port to listen on, on the loopback address; default: the first free one from ${DEFAULT_PORT}
  --yes          do not ask before fetching`,

  async run(argv) {
    const { values, positionals } = readArguments(
      argv,
      { "no-browser": { type: "boolean" }, port: { type: "string" }, yes: { type: "boolean" } },
      ["[DIR]"],
    );
    const folder = resolve(positionals[0] ?? DEFAULT_FOLDER);
    const port = await choosePort(values.port);
    const settings = commandSettings(folder);
    const report = terminalReport();
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);

    mkdirSync(settings.cacheDir, { recursive: true });
    if (!values.yes && !(await mayFetch(settings))) throw new CommandError("nothing was changed");
    const { jupyter } = await setUp(settings, { report, signal: stopping.signal });
    await installKernelspec(jupyter.prefix ? { prefix: jupyter.prefix } : { user: true });
    report.line(`Kernel      Qwen (TypeScript), registered ${jupyter.prefix ? "there" : "for you"}`);
    const copied = copyNotebooks(folder);
    report.line(`Notebooks   ${folder}${copied.length ? ` (new: ${copied.join(", ")})` : ""}`);

    if (stopping.signal.aborted) return 130;
    const logPath = join(settings.cacheDir, "lab.log");
    const running = await startJupyterLab(jupyter, { folder, port, openBrowser: !values["no-browser"], logPath });
    report.line(`Log         ${logPath}`);
    process.stdout.write(`\n${running.url}\n\n`);
    report.line("Ctrl-C ends JupyterLab and its kernels.");
    stopping.signal.addEventListener("abort", () => void running.stop());
    if (stopping.signal.aborted) await running.stop();
    const exitCode = await running.exited;
    return stopping.signal.aborted ? 0 : exitCode;
  },
};

async function choosePort(text: string | undefined): Promise<number> {
  if (text === undefined) {
    const port = await nextFreePort(DEFAULT_PORT);
    if (port !== undefined) return port;
    throw new CommandError(`no port from ${DEFAULT_PORT} on is free; choose one with --port`);
  }
  const port = integer("port", text, { min: 1, max: 65_535 });
  if (await isPortFree(port)) return port;
  throw new CommandError(`port ${port} is in use (or not allowed); choose another, or leave --port out`);
}

/** Asks once, on a terminal, before anything is fetched. */
async function mayFetch(settings: Settings): Promise<boolean> {
  if (!process.stdin.isTTY) return true;
  const missing = await missingParts(settings);
  if (missing.length === 0) return true;
  process.stderr.write(`To be fetched into ${settings.cacheDir}:\n${missing.map((part) => `  ${part}\n`).join("")}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.once("SIGINT", () => terminal.close());
  const closed = once(terminal, "close").then(() => "no"); // Ctrl-C, Ctrl-D
  try {
    const answer = await Promise.race([terminal.question("Go on? [Y/n] "), closed]);
    return !/^n/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
