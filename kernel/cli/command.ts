import { parseArgs } from "node:util";

/** One word of `qwenlab WORD`, one file. */
export interface Command {
  readonly name: string;
  readonly summary: string; // one line, for `qwenlab --help`
  readonly usage: string; // what `qwenlab NAME --help` prints
  /** Uses the GPU in this process, which therefore starts with the driver's environment. */
  readonly usesDevice?: boolean;
  /** @returns the exit code; default 0. */
  run(argv: readonly string[]): Promise<number | undefined>;
}

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command cannot do what it was asked for, for a reason the user can do something about: exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

type Options = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly multiple?: boolean }>>;

export interface Arguments<T extends Options> {
  readonly values: {
    readonly [K in keyof T]?: T[K]["multiple"] extends true
      ? readonly string[]
      : T[K]["type"] extends "boolean"
        ? boolean
        : string;
  };
  readonly positionals: readonly string[];
}

/**
 * @param positionals their names in order; in brackets: may be left out
 * @throws UsageError
 */
export function readArguments<const T extends Options>(
  argv: readonly string[],
  options: T,
  positionals: readonly string[] = [],
): Arguments<T> {
  const parsed = parse(argv, options);
  const required = positionals.filter((name) => !name.startsWith("["));
  const missing = required[parsed.positionals.length];
  if (missing) throw new UsageError(`${missing} is missing`);
  const extra = parsed.positionals[positionals.length];
  if (extra !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(extra)}`);
  return parsed;
}

function parse<T extends Options>(argv: readonly string[], options: T): Arguments<T> {
  try {
    // as: parseArgs knows the same, in types that cannot be named
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true }) as unknown as Arguments<T>;
  } catch (error) {
    // parseArgs says what is wrong in its first sentence, and how to quote it in the next
    throw new UsageError(error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error));
  }
}

interface Range {
  readonly min: number;
  readonly max?: number;
}

/** @throws UsageError unless `text` is a whole number within the range */
export function integer(name: string, text: string, { min, max = Number.MAX_SAFE_INTEGER }: Range): number {
  const value = Number(text);
  if (/^-?\d+$/.test(text) && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `${min} to ${max}`;
  throw new UsageError(`--${name} takes a whole number, ${range}; not ${JSON.stringify(text)}`);
}

/** @throws UsageError unless `text` is a number within the range */
export function decimal(name: string, text: string, { min, max = Number.MAX_VALUE }: Range): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max) return value;
  throw new UsageError(`--${name} takes a number from ${min}; not ${JSON.stringify(text)}`);
}

/** @throws UsageError unless `text` is one of `choices` */
export function choice<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((candidate) => candidate === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${name} takes ${choices.join(" or ")}; not ${JSON.stringify(text)}`);
}
