// What the commands that load a model share: which model, which precision, and files of tokens.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type LanguageModel, type LoadProgress, modelFile, openLanguageModel } from "../../engine/index.ts";
import { readSettings, type Settings } from "../settings.ts";
import { terminalReport } from "../setup/report.ts";
import { CommandError, choice } from "./command.ts";

const STANDARD_INPUT = 0;

export const PRECISION = { precision: { type: "string" } } as const;

const TOKENS = z.strictObject({ tokens: z.array(z.int().min(0).max(0xffffffff)) });

/** Opens a catalogue name or a path on the device of this process. */
export async function openModel(
  nameOrPath: string,
  { precision }: { readonly precision?: string },
): Promise<LanguageModel> {
  const settings = readSettings({ cwd: process.cwd(), env: process.env });
  const chosen = readPrecision(precision, settings);
  const report = terminalReport();
  return openLanguageModel({
    path: await modelFile(nameOrPath, settings),
    ...(chosen && { precision: chosen }),
    ...(settings.context !== undefined && { contextLength: settings.context }),
    ...(settings.adapter !== undefined && { adapter: settings.adapter }),
    onProgress: (progress) => showLoading(report, progress),
  });
}

export function readPrecision(option: string | undefined, settings: Settings) {
  return option === undefined ? settings.precision : choice("precision", option, ["fast", "exact"]);
}

/** Only on a terminal: a script's log has no use for it. */
function showLoading(report: ReturnType<typeof terminalReport>, { stage, done, total }: LoadProgress): void {
  if (process.stderr.isTTY && stage === "uploading") report.progress("loading", done, total);
}

/** `{"tokens":[...]}` from a file, or from standard input for `-`. @throws CommandError */
export function readTokens(path: string): number[] {
  const parsed = TOKENS.safeParse(readJson(path));
  if (parsed.success) return parsed.data.tokens;
  throw new CommandError(`${path}: expected {"tokens":[...]} with token ids; ${issueOf(parsed.error)}`);
}

/** @throws CommandError */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandError(`${path}: not JSON (${error.message})`);
    throw error;
  }
}

/** UTF-8 text of a file, or of standard input for `-`. @throws CommandError */
export function readText(path: string): string {
  try {
    return readFileSync(path === "-" ? STANDARD_INPUT : path, "utf8");
  } catch (error) {
    throw new CommandError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

export function issueOf({ issues: [issue] }: z.ZodError): string {
  return issue ? `at ${issue.path.join(".") || "the top"}: ${issue.message}` : "";
}

/** Fires when the user stops the command. */
export function interruptSignal(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  return interrupted.signal;
}
