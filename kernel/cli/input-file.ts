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
