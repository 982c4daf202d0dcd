// The tools that the model has in this notebook: ours, functions of the notebook, those of MCP servers.
import {
  chartTool,
  connectMcpServer,
  describeTable,
  type McpConnection,
  type McpServerConfig,
  type PythonSession,
  readFileTool,
  readMcpServers,
  runPython,
  runSql,
  runTypeScript,
  statisticsTool,
  type Tool,
  webFetch,
} from "../../interpreter/index.ts";
import { Consents } from "../consents.ts";
import type { CellOutput } from "./magic.ts";

/** What every notebook has. */
export const BUILT_IN: readonly Tool[] = [runSql, chartTool, runTypeScript, describeTable, statisticsTool];
/** More confuse a small model, and each costs it about 60 tokens of prompt. */
export const MAX_OFFERED = 12;
const OFF_AT_FIRST = new Set([webFetch.name]);

export interface ListedTool {
  readonly tool: Tool;
  readonly isOn: boolean;
  readonly from: string; // "qwenlab", "this notebook", "MCP server everything"
}

export interface ToolboxOptions {
  readonly folder: string; // the notebook's
  readonly python: Pick<PythonSession, "about"> & PythonSession;
  readonly configFolder: string; // the user's, where consents are kept
}

export class Toolbox {
  readonly #options: ToolboxOptions;
  readonly #functions = new Map<string, Tool>();
  readonly #switched = new Map<string, boolean>(); // by the user
  readonly #servers = new Map<string, McpConnection>(); // by their entry
  readonly #refused = new Set<string>();
  #python: Promise<Tool | undefined> | undefined;

  constructor(options: ToolboxOptions) {
    this.#options = options;
  }

  /** A function of the notebook becomes a tool, or takes the place of one of that name. */
  add(tool: Tool): void {
    this.#functions.set(tool.name, tool);
    this.#switched.delete(tool.name);
  }

  isFunction(name: string): boolean {
    return this.#functions.has(name);
  }

  remove(name: string): boolean {
    return this.#functions.delete(name);
  }

  switch(name: string, isOn: boolean): void {
    this.#switched.set(name, isOn);
  }

  /** What the model is offered. Starts MCP servers that the user agreed to; asks about new ones. */
  async offered(output: CellOutput): Promise<readonly Tool[]> {
    return (await this.list(output)).filter(({ isOn }) => isOn).map(({ tool }) => tool);
  }

  async list(output: CellOutput): Promise<readonly ListedTool[]> {
    const python = await this.#runPython();
    const own = [...BUILT_IN, ...(python ? [python] : []), readFileTool(this.#options.folder), webFetch];
    const functions = [...this.#functions.values()];
    const servers = await this.#mcpTools(output);
    const all = [
      ...functions.map((tool) => ({ tool, from: "this notebook" })),
      ...own.filter(({ name }) => !this.#functions.has(name)).map((tool) => ({ tool, from: "qwenlab" })),
      ...servers,
    ];
    let left = MAX_OFFERED;
    return all.map(({ tool, from }) => {
      const chosen = this.#switched.get(tool.name);
      const isOn = chosen ?? (left > 0 && !OFF_AT_FIRST.has(tool.name));
      if (isOn) left--;
      return { tool, from, isOn };
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map((server) => closeQuietly(server)));
  }

  /** No Python here: the model is not told of any, and it is looked for again the next time. */
  #runPython(): Promise<Tool | undefined> {
    const { python } = this.#options;
    this.#python ??= python.about().then(
      (about) => runPython(python, about),
      () => {
        this.#python = undefined;
        return undefined;
      },
    );
    return this.#python;
  }

  async #mcpTools(output: CellOutput): Promise<{ tool: Tool; from: string }[]> {
    let configs: McpServerConfig[] = [];
    try {
      configs = readMcpServers(this.#options.folder);
    } catch (error) {
      output.stream("stderr", `${error instanceof Error ? error.message : error}\n`);
    }
    const found: { tool: Tool; from: string }[] = [];
    for (const config of configs) {
      const server = await this.#server(config, output);
      for (const tool of server?.tools ?? []) found.push({ tool, from: `MCP server ${config.name}` });
    }
    return found;
  }

  async #server(config: McpServerConfig, output: CellOutput): Promise<McpConnection | undefined> {
    const { folder } = this.#options;
    const entry = JSON.stringify([folder, config.name, config.entry]);
    const running = this.#servers.get(entry);
    if (running && !running.hasEnded) return running;
    if (this.#refused.has(entry) || !(await this.#mayStart(config, entry, output))) return undefined;
    try {
      const started = await connectMcpServer(config, { cwd: folder, signal: output.signal });
      this.#servers.set(entry, started);
      return started;
    } catch (error) {
      output.signal.throwIfAborted();
      output.stream("stderr", `${error instanceof Error ? error.message : error}\n`);
      return undefined;
    }
  }

  /** Asked once for each new or changed entry: it is a program that the folder's author chose. */
  async #mayStart({ name, entry, file }: McpServerConfig, what: string, output: CellOutput): Promise<boolean> {
    const consents = new Consents(this.#options.configFolder);
    if (consents.has(what)) return true;
    const does = "url" in entry ? `calls ${entry.url}` : `runs: ${[entry.command, ...entry.args].join(" ")}`;
    const shown = printable(`The MCP server ${name} of ${file} ${does}`);
    const answer = await output.input(`${shown}\nUse it? [y]es, [n]o `);
    if (/^y(es)?$/i.test(answer?.trim() ?? "")) {
      consents.keep(what);
      return true;
    }
    if (answer === undefined) output.stream("stderr", `${shown}\nIt is not used: nobody could be asked.\n`);
    else this.#refused.add(what);
    return false;
  }
}

/** A folder's file may not write to the terminal, nor hide what it runs. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** A server that has gone by itself is as good. */
async function closeQuietly(server: McpConnection): Promise<void> {
  try {
    await server[Symbol.asyncDispose]();
  } catch {
    // it is gone
  }
}
