// Which MCP servers a notebook's folder names, in the forms that people have already.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InterpreterError } from "../errors.ts";

const MAX_FILE_BYTES = 1_000_000;
const TEXTS = z.record(z.string(), z.string());

const STDIO = z.object({
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  env: TEXTS.default({}),
});
const HTTP = z.object({ url: z.url({ protocol: /^https?$/ }), headers: TEXTS.default({}) });
const ENTRY = z.union([STDIO, HTTP]);

/** Qwen-Agent's, Claude's and Cursor's form. */
const BY_NAME = z.object({ mcpServers: z.record(z.string().regex(/^[\w.-]{1,40}$/), ENTRY) });
/** Jupyter AI's: a list, whose environments are lists as well. */
const AS_LIST = z.object({
  mcp_servers: z.array(
    z.union([
      z.object({
        name: z.string(),
        command: z.string(),
        args: z.array(z.string()).default([]),
        env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
      }),
      z.object({
        name: z.string(),
        url: z.string(),
        headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
      }),
    ]),
  ),
});

export type McpEntry = z.output<typeof ENTRY>;

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
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    for (const [name, entry] of Object.entries(entriesOf(path, file))) {
      if (!servers.has(name)) servers.set(name, { name, entry, file });
    }
  }
  return [...servers.values()];
}

function entriesOf(path: string, file: string): Record<string, McpEntry> {
  if (statSync(path).size > MAX_FILE_BYTES)
    throw new InterpreterError(`${file}: it is too large to be a list of servers`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new InterpreterError(`${file}: not JSON (${error instanceof Error ? error.message : error})`);
  }
  const isList = typeof value === "object" && value !== null && "mcp_servers" in value;
  const parsed = isList
    ? AS_LIST.transform(({ mcp_servers }) => byName(mcp_servers)).safeParse(value)
    : BY_NAME.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new InterpreterError(
      `${file}: ${issue?.path.join(".") || "the file"}: ${issue?.message}; a server has a command, or a url`,
    );
  }
  return "mcpServers" in parsed.data ? (parsed.data.mcpServers as Record<string, McpEntry>) : parsed.data;
}

function byName(list: z.output<typeof AS_LIST>["mcp_servers"]): Record<string, McpEntry> {
  const pairs = (of: readonly { name: string; value: string }[]) =>
    Object.fromEntries(of.map(({ name, value }) => [name, value]));
  return Object.fromEntries(
    list.map(({ name, ...server }) => [
      name,
      "url" in server
        ? { url: server.url, headers: pairs(server.headers) }
        : { command: server.command, args: server.args, env: pairs(server.env) },
    ]),
  );
}
