// Which MCP servers a notebook's folder names, in the forms that people have already. The folder may come from anybody: an
// entry is understood in whole or refused, so that what the user is asked about is all that it does.
import { join } from "node:path";
import { z } from "zod";
import { InterpreterError } from "../errors.ts";
import { readPlainFile } from "../plain-file.ts";
import { refusalOf } from "./mcp-variables.ts";

const MAX_FILE_BYTES = 1_000_000;
const MAX_SERVERS = 20; // each is a question
const MAX_ENTRY_LENGTH = 4_000; // UTF-16 units of JSON: what a question can show in whole

const SERVER_NAME = /^[A-Za-z0-9][\w.-]{0,39}$/;
const VARIABLE_NAME = /^[A-Za-z_]\w{0,99}$/;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

const TEXT = z.string().refine((text) => !text.includes("\0"), "has a NUL character");
const COMMON = { disabled: z.boolean().optional(), description: z.string().optional() };
const STDIO = z.strictObject({
  ...COMMON,
  type: z.literal("stdio").optional(),
  command: TEXT.min(1),
  args: z.array(TEXT).default([]),
  env: z.record(z.string().regex(VARIABLE_NAME), TEXT).default({}),
});
const HTTP = z.strictObject({
  ...COMMON,
  type: z.enum(["http", "streamable-http", "streamableHttp"]).optional(),
  url: z.url({ protocol: /^https?$/ }).refine((url) => !/^[^/]*\/\/[^/]*@/.test(url), "has a user's name in it"),
  headers: z.record(z.string().regex(HEADER_NAME), TEXT).default({}),
});

/** Qwen-Agent's, Claude's and Cursor's form. */
const BY_NAME = z.object({ mcpServers: z.record(z.string(), z.unknown()) });
/** Jupyter AI's: a list, whose environments are lists as well. */
const PAIRS = z.array(z.object({ name: z.string(), value: z.string() })).optional();
const AS_LIST = z.object({
  mcp_servers: z.array(z.looseObject({ name: z.string(), env: PAIRS, headers: PAIRS })),
});

export type McpEntry =
  | { readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> };

export interface McpServerConfig {
  readonly name: string;
  readonly entry: McpEntry;
  readonly file: string; // that names it, relative to the folder
}

const FILES = [join(".qwenlab", "mcp.json"), ".mcp.json", join(".jupyter", "mcp_settings.json")];

/** The servers of the first file that names them. @throws InterpreterError that says what is wrong, and where */
export function readMcpServers(folder: string): McpServerConfig[] {
  const servers = new Map<string, McpServerConfig>();
  for (const file of FILES) {
    const bytes = readPlainFile(join(folder, file), { maxBytes: MAX_FILE_BYTES, within: folder, shown: file });
    if (bytes === undefined) continue;
    for (const [name, value] of serversOf(file, bytes)) {
      const entry = entryOf(name, value, file, folder);
      if (entry && !servers.has(name)) servers.set(name, { name, entry, file });
    }
    if (servers.size > MAX_SERVERS) throw tooMany(file, servers.size);
  }
  return [...servers.values()];
}

function serversOf(file: string, bytes: Buffer): [string, unknown][] {
  const value = contentOf(file, bytes);
  const isList = typeof value === "object" && value !== null && "mcp_servers" in value;
  const parsed = isList ? AS_LIST.safeParse(value) : BY_NAME.safeParse(value);
  if (!parsed.success) throw wrong(`${file}: ${placeOf(parsed.error) || "the file"}`, parsed.error);
  const servers = "mcpServers" in parsed.data ? Object.entries(parsed.data.mcpServers) : asPairs(parsed.data);
  if (servers.length > MAX_SERVERS) throw tooMany(file, servers.length);
  return servers;
}

function asPairs({ mcp_servers }: z.output<typeof AS_LIST>): [string, unknown][] {
  const record = (pairs: z.output<typeof PAIRS>) =>
    pairs && Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
  return mcp_servers.map(({ name, env, headers, ...entry }) => [
    name,
    { ...entry, ...(env && { env: record(env) }), ...(headers && { headers: record(headers) }) },
  ]);
}

/** `undefined`: it is switched off. */
function entryOf(name: string, value: unknown, file: string, folder: string): McpEntry | undefined {
  const place = `${file}: mcpServers.${name.slice(0, 40)}`;
  if (!SERVER_NAME.test(name))
    throw new InterpreterError(`${place}: a server's name has letters, digits, _ . and - only, at most 40`);
  if (JSON.stringify(value).length > MAX_ENTRY_LENGTH)
    throw new InterpreterError(
      `${place}: it is longer than the ${MAX_ENTRY_LENGTH} characters that can be asked about`,
    );
  const isHttp = typeof value === "object" && value !== null && "url" in value;
  const parsed = isHttp ? HTTP.safeParse(value) : STDIO.safeParse(value);
  if (!parsed.success) throw wrong([place, placeOf(parsed.error)].filter(Boolean).join("."), parsed.error);
  if (parsed.data.disabled) return undefined;
  if ("url" in parsed.data) return { url: parsed.data.url, headers: parsed.data.headers };
  const { command, args, env } = parsed.data;
  for (const [variable, its] of Object.entries(env)) {
    const refusal = refusalOf(variable, its, folder);
    if (refusal !== undefined) throw new InterpreterError(`${place}.env: ${variable} ${refusal}`);
  }
  return { command, args, env };
}

function contentOf(file: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw new InterpreterError(`${file}: not JSON (${error instanceof Error ? error.message : error})`);
  }
}

function wrong(place: string, { issues: [issue] }: z.ZodError): InterpreterError {
  const what =
    issue?.code === "unrecognized_keys"
      ? `${issue.keys.map((key) => JSON.stringify(key)).join(", ")}: not understood, so it is not started`
      : issue?.message;
  return new InterpreterError(
    `${place}: ${what}; a server has a command, args and env, or a url and headers; type, description and disabled`,
  );
}

function placeOf({ issues: [issue] }: z.ZodError): string {
  return issue?.path.map(String).join(".") ?? "";
}

function tooMany(file: string, count: number): InterpreterError {
  return new InterpreterError(
    `${file}: ${count} MCP servers; at most ${MAX_SERVERS} are asked about: leave the others out`,
  );
}
