import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const SAMPLE_MS = 200; // of the resident memory
const MAX_ERROR_CHARACTERS = 300;
const TIMEOUT_MS = 60 * 60_000; // a first run on a software adapter compiles shaders for many minutes; a hang ends here

/**
 * Runs a program to its end. @throws Error with the last words of its standard error
 *
 * @param {{ env?: NodeJS.ProcessEnv, timeout?: number, onLine?: (line: string) => void }} [options]
 *   onLine: each line of standard error as it comes; timeout: ms, 0 for none
 * @returns {Promise<{ stdout: string, stderr: string, residentBytes: number }>}
 *   residentBytes: the most that was seen; 0 where /proc does not tell
 */
export async function run(program, args, { env = process.env, timeout = TIMEOUT_MS, onLine = () => {} } = {}) {
  const child = spawn(program, args, { env, timeout, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  createInterface({ input: child.stderr }).on("line", (line) => {
    stderr += `${line}\n`;
    onLine(line);
  });
  let residentBytes = 0;
  const sampling = setInterval(() => {
    residentBytes = Math.max(residentBytes, readResident(child.pid));
  }, SAMPLE_MS);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(code ?? signal));
    });
    if (child.killed) throw new Error(`took more than ${timeout / 60_000} minutes`);
    if (code !== 0) throw new Error(`ended with ${code}: ${lastWords(stderr)}`);
    return { stdout, stderr, residentBytes };
  } finally {
    clearInterval(sampling);
  }
}

function readResident(pid) {
  try {
    return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0; // it has just ended, or there is no /proc
  }
}

function lastWords(stderr) {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => /error/i.test(line));
  return (errors.at(-1) ?? lines.at(-1) ?? "").trim().slice(0, MAX_ERROR_CHARACTERS);
}
