// The dynamic loader reads LD_LIBRARY_PATH when a process starts. Where the driver lies in our cache folder, commands
// that use the device therefore run in a second process with the driver's environment.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { driverEnvironment } from "../../engine/index.ts";
import { readSettings } from "../settings/settings.ts";

/** Runs this same command line with the driver's environment; `undefined` where this process already has it. */
export async function runWithDriver(): Promise<number | undefined> {
  const { cacheDir } = readSettings({ cwd: process.cwd(), env: process.env, tell() {} }); // the command itself tells
  const driver = driverEnvironment(cacheDir);
  if (Object.entries(driver).every(([name, value]) => process.env[name] === value)) return undefined;

  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: "inherit",
    env: { ...process.env, ...driver },
  });
  const forward = (signal: NodeJS.Signals) => {
    // A terminal's Ctrl-C reaches both processes by itself.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
  });
}
