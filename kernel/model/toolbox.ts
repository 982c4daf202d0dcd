// The tools that the model has in this notebook: ours, functions of the notebook, those of MCP servers.
import {
  chartTool,
  describeTable,
  type PythonSession,
  readFileTool,
  runPython,
  runSql,
  runTypeScript,
  statisticsTool,
  type Tool,
  webFetch,
} from "../../interpreter/index.ts";
import type { CellOutput } from "../cells/cell.ts";
import { McpServers } from "./mcp-servers.ts";

/** What every notebook has. */
export const BUILT_IN: readonly Tool[] = [runSql, chartTool, runTypeScript, describeTable, statisticsTool];
/** More confuse a small model, and each costs it about 60 tokens of prompt. */
export const MAX_OFFERED = 12;
/** Ours also where they are not offered now. */
const RESERVED = new Set([
  ...BUILT_IN.map(({ name }) => name),
  "run_python",
  "read_file",
  webFetch.name,
  "search_knowledge",
]);
const OURS = "qwenlab";
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
  /** A name is another tool's now: what the user said of the first does not hold for the second. */
  readonly onReplaced?: (name: string) => void;
}

export class Toolbox {
  readonly #options: ToolboxOptions;
  readonly #functions = new Map<string, Tool>();
  readonly #switched = new Map<string, boolean>(); // by the user
  readonly #servers: McpServers;
  readonly #origins = new Map<string, string>(); // of each name that was offered: whose tool it is
  #added = 0;
  #python: Promise<Tool | undefined> | undefined;

  constructor(options: ToolboxOptions) {
    this.#options = options;
    this.#servers = new McpServers(options);
  }

  /** A function of the notebook becomes a tool, or takes the place of one of that name. */
  add(tool: Tool): void {
    this.#functions.set(tool.name, tool);
    this.#switched.delete(tool.name);
    this.#belongsTo(tool.name, `function ${++this.#added}`);
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

  /** For who is about to ask for the tools: looking for Python takes a while. */
  findPython(): void {
    void this.#runPython();
  }

  async list(output: CellOutput): Promise<readonly ListedTool[]> {
    const python = await this.#runPython();
    const own = [...BUILT_IN, ...(python ? [python] : []), readFileTool(this.#options.folder), webFetch];
    const servers = await this.#servers.tools(output);
    const functions = [...this.#functions.values()];
    const named = this.#withoutDoubles([
      ...functions.map((tool) => ({ tool, from: "this notebook", origin: this.#origins.get(tool.name) ?? "" })),
      ...own.map((tool) => ({ tool, from: "qwenlab", origin: OURS })),
      ...servers.flatMap(({ server, id, tools }) =>
        tools
          .filter(({ name }) => !RESERVED.has(name))
          .map((tool) => ({ tool, from: `MCP server ${server}`, origin: id })),
      ),
    ]);
    let left = MAX_OFFERED;
    return named.map(({ tool, from }) => {
      const chosen = this.#switched.get(tool.name);
      const isOn = chosen ?? (left > 0 && !OFF_AT_FIRST.has(tool.name));
      if (isOn) left--;
      return { tool, from, isOn };
    });
  }

  /** Whether a tool of this name was offered. */
  knows(name: string): boolean {
    return this.#origins.has(name);
  }

  close(): Promise<void> {
    return this.#servers.close();
  }

  /** The first of a name is meant: a server may not take the place of a tool that the user knows. */
  #withoutDoubles<T extends { readonly tool: Tool; readonly origin: string }>(all: readonly T[]): T[] {
    const named = new Map<string, T>();
    for (const one of all) if (!named.has(one.tool.name)) named.set(one.tool.name, one);
    for (const [name, { origin }] of named) this.#belongsTo(name, origin);
    return [...named.values()];
  }

  #belongsTo(name: string, origin: string): void {
    const before = this.#origins.get(name);
    this.#origins.set(name, origin);
    if (before !== origin) this.#options.onReplaced?.(name);
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
}
