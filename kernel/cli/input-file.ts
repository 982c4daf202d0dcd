import { readFileSync } from "node:fs";
import { z } from "zod";
import { CommandError } from "./command.ts";

const STANDARD_INPUT = 0;

const TOKENS = z.strictObject({ tokens: z.array(z.int().min(0).max(0xffffffff)) });

/** `{"tokens":[...]}` from a file, or from standard input for `-`. @throws CommandError */
export function readTokens(path: string): number[] {
  const parsed = TOKENS.safeParse(readJson(path));
  if (parsed.success) return parsed.data.tokens;
  throw new CommandError(`${path}: expected {"tokens":[...]} with token ids; ${issueOf(parsed.error)}`);
}

/** @throws CommandError, also for bytes that are no UTF-8: replaced, they would be lost where it is written back */
export function readJson(path: string): unknown {
  const bytes = readBytes(path);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)); // leaves a byte order mark out
  } catch (error) {
    throw new CommandError(`${path}: not JSON (${error instanceof Error ? error.message : error})`);
  }
}

/** UTF-8 text of a file, or of standard input for `-`. @throws CommandError */
export function readText(path: string): string {
  return readBytes(path).toString("utf8");
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path === "-" ? STANDARD_INPUT : path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new CommandError(`${path}: no such file`);
    throw new CommandError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

export function issueOf({ issues: [issue] }: z.ZodError): string {
  return issue ? `at ${issue.path.join(".") || "the top"}: ${issue.message}` : "";
}
