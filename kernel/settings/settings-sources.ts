// The three places that settings come from, each read key by key: what is right, and what is wrong with the rest.
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { readPlainFile } from "../../interpreter/plain-file.ts";
import { nearest } from "../nearest.ts";
import { printable, quoted } from "../printable.ts";
import { FOLDER_LIMITS, KEYS, type Key, NAMES, type Values } from "./settings-keys.ts";

export const FILE_NAME = "qwenlab.config.json";
const MAX_FILE_BYTES = 1_000_000; // a configuration is a page; more is not one
const MAX_SHOWN = 80; // UTF-16 units of a value or a key in a message

const VARIABLES = new Map(NAMES.map((key) => [`QWENLAB_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`, key]));
const OTHER_VARIABLES = ["QWENLAB_HF_ENDPOINT"]; // read where models are fetched

export interface Problem {
  readonly message: string; // names the place, the key and what would be right
  readonly key: Key | undefined; // that was probably meant; undefined: nothing of the place could be read
}

export interface Source {
  readonly values: Values;
  readonly problems: readonly Problem[];
}

/** The user's own, not a notebook's. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  return join(baseFolder(env.XDG_CONFIG_HOME, ".config"), "qwenlab");
}

/** A relative one is none (XDG Base Directory Specification): here it would be in the notebook's folder. */
export function baseFolder(named: string | undefined, inHome: string): string {
  return named !== undefined && isAbsolute(named) ? named : join(homedir(), inHome);
}

export function readEnvironment(env: NodeJS.ProcessEnv): Source {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith("QWENLAB_") && value);
  const given = set.filter(([name]) => !OTHER_VARIABLES.includes(name));
  return check(given, {
    keyOf: (name) => VARIABLES.get(name),
    known: [...VARIABLES.keys(), ...OTHER_VARIABLES],
    place: "environment",
    nameOf: (name) => name,
  });
}

export function readOwnFile(env: NodeJS.ProcessEnv): Source {
  return readFile(join(configFolder(env), FILE_NAME));
}

/** The file in a notebook's folder. */
export function readVisibleFile(folder: string): Source {
  const path = join(folder, FILE_NAME);
  const { values, problems } = readFile(path, folder);
  const refused = Object.entries(values).flatMap(([key, value]) => refusal(path, key as Key, value)); // as: of NAMES
  return { values, problems: [...problems, ...refused] };
}

/** What the file of a folder says, and may not. */
function refusal(path: string, key: Key, value: unknown): Problem[] {
  const limit = FOLDER_LIMITS[key];
  return !limit || limit.allows(value)
    ? []
    : [folderProblem(path, key, limit.hidden ? undefined : value, limit.reason)];
}

export function folderProblem(path: string, key: Key, value: unknown, reason: string): Problem {
  const shown = value === undefined ? quoted(key) : `${quoted(key)}: ${short(value)}`;
  const remedy = `set it in the environment or in your own ${join("~", ".config", "qwenlab", FILE_NAME)}`;
  return { key, message: `${path}: ${shown} may not come from a notebook's folder (${reason}); ${remedy}` };
}

function readFile(path: string, within?: string): Source {
  let content: unknown;
  try {
    const bytes = readPlainFile(path, { maxBytes: MAX_FILE_BYTES, ...(within !== undefined && { within }) });
    if (bytes === undefined) return { values: {}, problems: [] };
    content = parse(path, bytes.toString());
  } catch (error) {
    const message = printable(error instanceof Error ? error.message : String(error));
    return { values: {}, problems: [{ key: undefined, message }] };
  }
  const given = Object.entries(content as object).filter(([key]) => key !== "$schema"); // as: parse() looked
  return check(given, {
    keyOf: (name) => NAMES.find((key) => key === name),
    known: NAMES,
    place: path,
    nameOf: (name) => `${path}: ${name}`,
  });
}

function parse(path: string, text: string): object {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: not JSON (${whereIn(text, error)})`);
  }
  if (typeof content === "object" && content !== null && !Array.isArray(content)) return content;
  throw new Error(`${path}: must be one JSON object`);
}

/** V8 quotes the text, which may be anything, and names the place by its offset. */
function whereIn(text: string, error: unknown): string {
  const [, offset] = /at position (\d+)/.exec(error instanceof Error ? error.message : "") ?? [];
  if (offset === undefined) return "it ends too early, or is something else";
  const lines = text.slice(0, Number(offset)).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1) ?? "").length + 1}`;
}

interface Place {
  readonly keyOf: (name: string) => Key | undefined;
  readonly known: readonly string[];
  readonly place: string;
  readonly nameOf: (name: string) => string; // in the message about a wrong value
}

function check(given: readonly (readonly [string, unknown])[], { keyOf, known, place, nameOf }: Place): Source {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, value] of given) {
    const key = keyOf(name);
    if (key === undefined) {
      const meant = nearest(name.slice(0, MAX_SHOWN), known) ?? "";
      const message = `${place}: there is no setting ${short(name)}; did you mean ${meant}?`;
      problems.push({ message, key: keyOf(meant) });
      continue;
    }
    if (typeof value === "object") {
      problems.push({
        key,
        message: `${nameOf(name)}: it is wrong (expected a text or a number, not a list or an object)`,
      });
      continue;
    }
    const result = KEYS[key].safeParse(value);
    if (result.success) values[key] = result.data;
    else {
      const shown = key === "apiKey" ? "" : ` ${short(value)}`;
      const [issue] = result.error.issues;
      problems.push({ key, message: `${nameOf(name)}:${shown} is wrong (${issue?.message ?? "not a setting"})` });
    }
  }
  return { values: values as Values, problems }; // as: each was parsed by its key
}

function short(value: unknown): string {
  const text = printable(JSON.stringify(value) ?? String(value));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
