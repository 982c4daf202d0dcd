import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { leadsGroup, signalGroup } from "../../interpreter/index.ts";
import { isListening } from "./free-port.ts";
import type { Jupyter } from "./python.ts";
import { SetupError } from "./setup-error.ts";

const STOP_TIMEOUT_MS = 15_000; // Jupyter ends every kernel in turn
const POLL_MS = 20;
const LAST_LINES = 8; // of its log, shown when it fails

export interface LabOptions {
  readonly folder: string;
  readonly port: number;
  readonly openBrowser: boolean;
  readonly logPath: string;
}

export interface RunningLab {
  readonly url: string; // with its token
  readonly exited: Promise<number>; // its exit code
  /** Ends JupyterLab and its kernels; what does not end in time is killed. */
  stop(): Promise<void>;
}

/** Starts JupyterLab on the loopback address, with a token of its own. @throws SetupError with the end of its log */
export async function startJupyterLab(jupyter: Jupyter, options: LabOptions): Promise<RunningLab> {
  const { folder, port, openBrowser, logPath } = options;
  const token = randomBytes(24).toString("hex");
  const [program, ...args] = jupyter.command;
  const child = spawn(
    program!,
    [
      ...args,
      "lab",
      "--ServerApp.ip=127.0.0.1",
      `--ServerApp.port=${port}`,
      "--ServerApp.port_retries=0",
      `--ServerApp.root_dir=${folder}`,
      // On a port any user of the machine reads what a kernel publishes. Kernels that cannot encrypt start as ever; a
      // Jupyter that is too old for this says so in its log.
      "--MappingKernelManager.transport_encryption=auto",
      ...(openBrowser ? [] : ["--no-browser"]),
      ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
    ],
    {
      cwd: folder,
      env: { ...process.env, JUPYTER_TOKEN: token }, // not an argument: those are seen by every user of the machine
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a terminal's Ctrl-C comes to us alone, and we end it in order
      windowsHide: true,
    },
  );
  const log = createWriteStream(logPath, { mode: 0o600 });
  const lines: string[] = [];
  const exited = new Promise<number>((resolve, reject) => {
    child.on("error", (error) => reject(new SetupError(`${program} could not be started: ${error.message}`)));
    child.on("exit", (code) => resolve(code ?? 1));
  });

  const told = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        log.write(`${line.replaceAll(token, "...")}\n`);
        lines.push(line);
        if (lines.length > LAST_LINES) lines.shift();
        if (line.includes(`http://127.0.0.1:${port}/lab`)) resolve();
      });
    }
  });
  const failed = exited.then((code) => {
    throw new SetupError([`JupyterLab ended with exit code ${code}:`, ...lines.map((line) => `  ${line}`)].join("\n"));
  });
  await Promise.race([told, failed]);
  while (!(await Promise.race([isListening(port), failed]))) await sleep(POLL_MS); // Jupyter tells its address before it does
  failed.catch(() => {}); // from here on `exited` tells

  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const timer = setTimeout(signalGroup, STOP_TIMEOUT_MS, child, "SIGKILL");
    if (leadsGroup()) child.kill("SIGTERM");
    else signalGroup(child, "SIGTERM"); // what runs there is a launcher, and Jupyter is its child
    await exited;
    clearTimeout(timer);
  };
  return { url: `http://127.0.0.1:${port}/lab?token=${token}`, exited, stop };
}
