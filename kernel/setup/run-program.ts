import { spawn } from "node:child_process";

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours and the like are what is taken out
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const MAX_OUTPUT_CHARACTERS = 1_000_000; // kept of each stream, its end

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

export interface ProgramResult {
  readonly exitCode: number | undefined; // undefined: it could not be started, or a signal ended it
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell and without input. Never rejects but for `signal`: the exit code tells. */
export function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env, signal }: ProgramOptions = {},
): Promise<ProgramResult> {
  const child = spawn(program, args, { cwd, env, signal, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout = (stdout + text).slice(-MAX_OUTPUT_CHARACTERS);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_OUTPUT_CHARACTERS);
  });
  return new Promise((resolve, reject) => {
    child.on("error", (error) => {
      if (signal?.aborted) reject(error);
      else resolve({ exitCode: undefined, stdout, stderr: error.message });
    });
    child.on("close", (code) => resolve({ exitCode: code ?? undefined, stdout, stderr }));
  });
}

/** The last thing a program said, in one line, for an error message. */
export function lastWords({ stdout, stderr }: ProgramResult, maxCharacters = 300): string {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => /^(E:|error|fatal)/i.test(line.trim()));
  return (errors.at(-1) ?? lines.at(-1) ?? "").replace(CONTROL, " ").slice(-maxCharacters).trim();
}
