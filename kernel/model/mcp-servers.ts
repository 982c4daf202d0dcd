// The MCP servers of a notebook's folder: each is asked about before it is started or called, and ends with the kernel.
import { realpathSync } from "node:fs";
import {
  connectMcpServer,
  type FolderFile,
  filesOfEntry,
  findServerProgram,
  InterpreterError,
  type McpConnection,
  type McpServerConfig,
  readMcpServers,
  type Tool,
} from "../../interpreter/index.ts";
import type { CellOutput } from "../cells/cell.ts";
import { printable } from "../printable.ts";
import { Consents } from "../settings/consents.ts";
import { serverQuestion } from "./mcp-question.ts";

export interface McpServersOptions {
  readonly folder: string; // the notebook's
  readonly configFolder: string; // the user's, where consents are kept
}

/** A server as it would run now: whatever of it changes, it is another one, and asked about anew. */
export interface KnownServer {
  readonly config: McpServerConfig; // a program's command is its path
  readonly folder: string; // without links
  readonly files: readonly FolderFile[];
}

export interface ServerTools {
  readonly server: string; // its name
  readonly id: string; // of all that was agreed to
  readonly tools: readonly Tool[];
}

export class McpServers {
  readonly #folder: string;
  readonly #consents: Consents;
  readonly #running = new Map<string, McpConnection>(); // by id
  readonly #refused = new Set<string>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor({ folder, configFolder }: McpServersOptions) {
    this.#folder = folder;
    this.#consents = new Consents(configFolder);
  }

  /** Starts those that the user agreed to, asks about new ones; those that are gone from the files are ended. */
  async tools(output: CellOutput): Promise<ServerTools[]> {
    const found: ServerTools[] = [];
    for (const config of this.#configs(output)) {
      const server = await orTell(output, async () => knownServer(config, this.#folder));
      const running = server && (await this.#connection(server, output));
      if (running) found.push({ server: config.name, id: idOf(server), tools: running.tools });
    }
    const ids = new Set(found.map(({ id }) => id));
    await this.#end([...this.#running.keys()].filter((id) => !ids.has(id)));
    return found;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#starting);
    await this.#end([...this.#running.keys()]);
  }

  #configs(output: CellOutput): McpServerConfig[] {
    try {
      return readMcpServers(this.#folder);
    } catch (error) {
      tell(output, error);
      return [];
    }
  }

  async #connection(server: KnownServer, output: CellOutput): Promise<McpConnection | undefined> {
    const id = idOf(server);
    const running = this.#running.get(id);
    if (running && !running.hasEnded) return running;
    if (this.#refused.has(id) || !(await this.#mayStart(server, id, output))) return undefined;
    return orTell(output, () => this.#start(server, id, output.signal));
  }

  async #start(server: KnownServer, id: string, signal: AbortSignal): Promise<McpConnection> {
    const { name, file } = server.config;
    if (idOf(knownServer(server.config, this.#folder)) !== id)
      throw new InterpreterError(
        `the MCP server ${name} of ${file} changed since it was asked about; run the cell again`,
      );
    const starting = connectMcpServer(server.config, {
      cwd: server.folder,
      signal: AbortSignal.any([signal, this.#closing.signal]),
    }).then((started) => {
      this.#running.set(id, started);
      return started;
    });
    this.#starting.add(starting);
    return starting.finally(() => this.#starting.delete(starting));
  }

  /** Asked once for each new or changed server: it is a program that the folder's author chose. */
  async #mayStart(server: KnownServer, id: string, output: CellOutput): Promise<boolean> {
    if (this.#consents.has("mcp-server", id)) return true;
    const shown = serverQuestion(server);
    const answer = await output.input(`${shown}\nUse it? [y]es, [n]o `);
    if (/^y(es)?$/i.test(answer?.trim() ?? "")) {
      this.#consents.keep("mcp-server", id);
      return true;
    }
    if (answer === undefined) output.stream("stderr", `${shown}\nIt is not used: nobody could be asked.\n`);
    else this.#refused.add(id);
    return false;
  }

  async #end(ids: readonly string[]): Promise<void> {
    const ended = ids.map((id) => this.#running.get(id));
    for (const id of ids) this.#running.delete(id);
    await Promise.allSettled(ended.map((server) => server?.[Symbol.asyncDispose]())); // one that has gone is as good
  }
}

function idOf({ config: { name, file, entry }, folder, files }: KnownServer): string {
  return JSON.stringify([folder, file, name, entry, files]);
}

/** @throws InterpreterError where there is no such program */
function knownServer(config: McpServerConfig, folder: string): KnownServer {
  const { entry } = config;
  const root = realpathSync(folder);
  if ("url" in entry) return { config, folder: root, files: [] };
  const command = findServerProgram(entry.command, root);
  if (command === undefined)
    throw new InterpreterError(
      `the MCP server ${config.name} of ${config.file} did not start: there is no program ${entry.command}`,
    );
  const found = { ...config, entry: { ...entry, command } };
  return { config: found, folder: root, files: filesOfEntry(found.entry, root) };
}

/** One that does not start does not stop the others. */
async function orTell<T>(output: CellOutput, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    output.signal.throwIfAborted();
    tell(output, error);
    return undefined;
  }
}

function tell(output: CellOutput, error: unknown): void {
  output.stream("stderr", `${printable(error instanceof Error ? error.message : String(error))}\n`);
}
