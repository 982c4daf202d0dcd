// What the user chose: the environment first, then qwenlab.config.json in the notebook's folder, then the user's own.
// A notebook's folder may come from anybody, so its file may not say where prompts go, what runs without a question,
// or where our programs and models lie.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { ApprovalMode } from "../interpreter/index.ts";
import { nearest } from "./nearest.ts";

const FILE_NAME = "qwenlab.config.json";
const MAX_FILE_CHARACTERS = 1_000_000; // a configuration is a page; more is not one
const DEFAULT_IDLE_MINUTES = 30;

export interface Settings {
  /** A catalogue name or a path; with `baseUrl` the server's own name. Default: by the adapter. */
  readonly model: string | undefined;
  readonly baseUrl: string | undefined; // of an OpenAI-compatible server, instead of our engine
  readonly apiKey: string | undefined;
  readonly adapter: string | undefined; // gpu | software | part of an adapter's name
  readonly cacheDir: string; // absolute
  readonly context: number | undefined; // tokens
  readonly precision: "fast" | "exact" | undefined;
  readonly approve: ApprovalMode;
  readonly sandbox: "on" | "off";
  readonly allowRemote: "on" | "off"; // what notebooks hold may go to `baseUrl` on another machine, without a question
  readonly idleMinutes: number; // after which the engine process ends
}

/** The user's mistake in a configuration: the message names the place, the key and what would be right. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

const KEYS = {
  model: z.string().min(1),
  baseUrl: z.url({ protocol: /^https?$/ }),
  apiKey: z.string().min(1),
  adapter: z.string().min(1),
  cacheDir: z.string().min(1),
  context: z.coerce.number().int().min(256).max(1_048_576),
  precision: z.enum(["fast", "exact"]),
  approve: z.enum(["ask", "auto", "always", "never"]),
  sandbox: z.enum(["on", "off"]),
  allowRemote: z.enum(["on", "off"]),
  idleMinutes: z.coerce.number().min(0.1).max(10_080), // a week
};

type Key = keyof typeof KEYS;
type Values = { [K in Key]?: z.infer<(typeof KEYS)[K]> };

const NAMES = Object.keys(KEYS) as Key[]; // as: the keys of a literal
const VARIABLES = new Map(NAMES.map((key) => [`QWENLAB_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`, key]));
const OTHER_VARIABLES = ["QWENLAB_HF_ENDPOINT"]; // read where models are fetched

/** What a notebook's folder may not say, and why. */
const OWN_ONLY: { readonly [K in Key]?: { readonly allowed: readonly unknown[]; readonly reason: string } } = {
  baseUrl: { allowed: [], reason: "it says where your notebook is sent" },
  apiKey: { allowed: [], reason: "it goes to a server that the folder would choose" },
  cacheDir: { allowed: [], reason: "programs and models are taken from there" },
  approve: { allowed: ["ask", "never"], reason: "it would run code without asking you" },
  sandbox: { allowed: ["on"], reason: "it would take a protection away" },
  allowRemote: { allowed: ["off"], reason: "it would send your notebook away without asking you" },
};

/** The user's own, not a notebook's. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "qwenlab");
}

/**
 * @param options.cwd the notebook's folder
 * @throws SettingsError for an unknown key (naming the nearest), a wrong value, or JSON that does not parse
 */
export function readSettings({ cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): Settings {
  const values: Values = {
    ...readFile(join(configFolder(env), FILE_NAME)),
    ...readFolderFile(join(cwd, FILE_NAME)),
    ...readEnvironment(env),
  };
  return {
    model: values.model,
    baseUrl: values.baseUrl,
    apiKey: values.apiKey,
    adapter: values.adapter,
    cacheDir: resolve(values.cacheDir ?? join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "qwenlab")),
    context: values.context,
    precision: values.precision,
    approve: values.approve ?? "ask",
    sandbox: values.sandbox ?? "off",
    allowRemote: values.allowRemote ?? "off",
    idleMinutes: values.idleMinutes ?? DEFAULT_IDLE_MINUTES,
  };
}

function readEnvironment(env: NodeJS.ProcessEnv): Values {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith("QWENLAB_") && value);
  const known = [...VARIABLES.keys(), ...OTHER_VARIABLES];
  const values: Record<string, unknown> = {};
  for (const [name, value] of set) {
    const key = VARIABLES.get(name);
    if (key) values[key] = value;
    else if (!known.includes(name)) throw unknownKey("environment", name, known);
  }
  return check(values, (key) => [...VARIABLES].find(([, known]) => known === key)?.[0] ?? key);
}

function readFolderFile(path: string): Values {
  const values = readFile(path);
  for (const [key, { allowed, reason }] of Object.entries(OWN_ONLY)) {
    const value = values[key as Key]; // as: a key of OWN_ONLY
    if (value === undefined || allowed.includes(value)) continue;
    const shown = ["approve", "sandbox", "allowRemote"].includes(key) ? `"${key}": "${value}"` : `"${key}"`;
    const remedy = `set it in the environment or in your own ${join("~", ".config", "qwenlab", FILE_NAME)}`;
    throw new SettingsError(`${path}: ${shown} may not come from a notebook's folder (${reason}); ${remedy}`);
  }
  return values;
}

function readFile(path: string): Values {
  const text = readIfThere(path);
  if (text === undefined) return {};
  if (text.length > MAX_FILE_CHARACTERS) throw new SettingsError(`${path}: ${text.length} characters are too many`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SettingsError(`${path}: not JSON (${error instanceof Error ? error.message : error})`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new SettingsError(`${path}: must be one JSON object`);
  }
  for (const key of Object.keys(content)) {
    if (key !== "$schema" && !Object.hasOwn(KEYS, key)) throw unknownKey(path, key, NAMES);
  }
  return check(content, (key) => `${path}: ${key}`);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException; // as: what fs throws
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new SettingsError(message);
  }
}

function check(values: object, nameOf: (key: string) => string): Values {
  const result = z.object(KEYS).partial().safeParse(values);
  if (result.success) return result.data as Values; // as: partial() adds `| undefined`, and no key is given as undefined
  const issue = result.error.issues[0];
  const key = String(issue?.path[0]);
  const value = key === "apiKey" ? "" : ` ${JSON.stringify((values as Record<string, unknown>)[key])}`;
  throw new SettingsError(`${nameOf(key)}:${value} is wrong (${issue?.message ?? "not a setting"})`);
}

function unknownKey(place: string, key: string, known: readonly string[]): SettingsError {
  return new SettingsError(
    `${place}: there is no setting ${JSON.stringify(key)}; did you mean ${nearest(key, known)}?`,
  );
}
