// What the user chose: the environment first, then qwenlab.config.json in the notebook's folder, then the user's own.
// A notebook's folder may come from anybody: its file can make nothing less strict, and a mistake in it takes nothing
// away from what the user chose.
import { join, resolve } from "node:path";
import type { ApprovalMode } from "../../interpreter/index.ts";
import { isThisMachine } from "../model/this-machine.ts";
import { isProtection, type Key, PROTECTIONS, type Protection, type Values } from "./settings-keys.ts";
import {
  baseFolder,
  FILE_NAME,
  folderProblem,
  type Problem,
  readEnvironment,
  readOwnFile,
  readVisibleFile,
  type Source,
} from "./settings-sources.ts";

export { configFolder } from "./settings-sources.ts";

const DEFAULT_IDLE_MINUTES = 30;
const DEFAULTS = { approve: "ask", sandbox: "off", allowRemote: "off" } as const satisfies Values;

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
  readonly compiler: "own" | "tslab"; // of TypeScript cells
  readonly idleMinutes: number; // after which the engine process ends
}

/** The user's mistake in a configuration: the message names the place, the key and what would be right. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

export interface SettingsFrom {
  readonly cwd: string; // the notebook's folder
  readonly env: NodeJS.ProcessEnv;
  /** Hears of mistakes in the folder's file, which is then left out; without it they are thrown. */
  readonly tell?: (note: string) => void;
}

/** @throws SettingsError for a mistake in the environment or the user's own file */
export function readSettings(from: SettingsFrom): Settings {
  const environment = readEnvironment(from.env);
  const file = readOwnFile(from.env);
  const [problem] = [...file.problems, ...environment.problems];
  if (problem) throw new SettingsError(problem.message);
  return together(environment.values, file.values, from);
}

export type AtStart = Pick<Settings, "approve" | "sandbox" | "context" | "compiler" | "cacheDir">;

/**
 * What holds from the start of a notebook, also with mistakes in the user's own settings: those are told, and a protection
 * that could not be read is at its strictest. Never throws.
 */
export function settingsAtStart({ cwd, env, tell = () => {} }: SettingsFrom): AtStart {
  const environment = readEnvironment(env);
  const file = readOwnFile(env);
  for (const { message, key } of [...file.problems, ...environment.problems]) {
    tell(`${message} (until it is mended no model answers${strictly(key)})`);
  }
  return together(withStrictest(environment), withStrictest(file), { cwd, env, tell });
}

function strictly(key: Key | undefined): string {
  const strict = unread(key).map((name) => `${name} is ${PROTECTIONS[name][0]}`);
  return strict.length === 0 ? "" : `, and unless you set it elsewhere ${strict.join(", ")}`;
}

function withStrictest({ values, problems }: Source): Values {
  const strictest = problems.flatMap(({ key }) => unread(key)).map((name) => [name, PROTECTIONS[name][0]]);
  return { ...values, ...Object.fromEntries(strictest) };
}

/** The protections that a problem leaves open. */
function unread(key: Key | undefined): Protection[] {
  if (key === undefined) return Object.keys(PROTECTIONS) as Protection[]; // as: the keys of a literal
  return isProtection(key) ? [key] : [];
}

function together(environment: Values, file: Values, { cwd, env, tell }: SettingsFrom): Settings {
  const own = { ...DEFAULTS, ...file, ...environment };
  const folder = folderValues(cwd, own, tell);
  const values = { ...own, ...folder, ...environment };
  return {
    model: values.model,
    baseUrl: values.baseUrl,
    apiKey: values.apiKey,
    adapter: values.adapter,
    cacheDir: resolve(values.cacheDir ?? join(baseFolder(env.XDG_CACHE_HOME, ".cache"), "qwenlab")),
    context: values.context,
    precision: values.precision,
    approve: stricter("approve", own.approve, folder.approve),
    sandbox: stricter("sandbox", own.sandbox, folder.sandbox),
    allowRemote: stricter("allowRemote", own.allowRemote, folder.allowRemote),
    compiler: values.compiler ?? "own",
    idleMinutes: values.idleMinutes ?? DEFAULT_IDLE_MINUTES,
  };
}

/** With a mistake in it the folder's file is left out as a whole: half of it is not what its author meant either. */
function folderValues(cwd: string, own: Values, tell: SettingsFrom["tell"]): Values {
  const { values, problems } = readVisibleFile(cwd);
  const [problem] = [...problems, ...foreignModel(cwd, values, own)];
  if (!problem) return values;
  if (!tell) throw new SettingsError(problem.message);
  tell(`${problem.message} (the file is left out as a whole; your own settings hold)`);
  return {};
}

/** On a server elsewhere a model's name can lead to another company's machine. */
function foreignModel(cwd: string, { model }: Values, { baseUrl }: Values): Problem[] {
  if (model === undefined || baseUrl === undefined || isThisMachine(baseUrl)) return [];
  return [folderProblem(join(cwd, FILE_NAME), "model", model, "it says who reads what is sent to your server")];
}

function stricter<K extends Protection>(
  key: K,
  own: (typeof PROTECTIONS)[K][number],
  folder: Values[K],
): (typeof PROTECTIONS)[K][number] {
  const order: readonly (typeof PROTECTIONS)[K][number][] = PROTECTIONS[key];
  return order.find((value) => value === own || value === folder) ?? order[0]!;
}
