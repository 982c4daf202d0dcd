// Tools of MCP servers. A server is a program, or an address, that somebody else wrote: what it says is data.
import type { Client, JsonSchemaValidatorResult, Transport } from "@modelcontextprotocol/client";
import { boundedFetch } from "../bounded-fetch.ts";
import { InterpreterError, ToolCallError } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { McpEntry, McpServerConfig } from "./mcp-config.ts";
import { findServerProgram } from "./mcp-program.ts";
import { cutMiddle, type JsonSchema, type Tool, type ToolContext, toolFromSchema } from "./tool.ts";

const CONNECT_TIMEOUT_MS = 60_000; // npx may fetch the server first
const CALL_TIMEOUT_MS = 60_000;
const MAX_DESCRIPTION_LENGTH = 200; // UTF-16 units: every token of the prompt counts
const MAX_TOOLS = 64; // of one server
const MAX_ANSWER_BYTES = 10 * 2 ** 20; // over HTTP; of a program's line the library has the same
const MAX_IMAGE_CHARACTERS = 8 * 2 ** 20; // base64

/**
 * The library would check an answer's structured content, which we do not read, against the server's own schema, whose
 * patterns may take for ever.
 */
const UNCHECKED = {
  getValidator: <T>() => {
    return (content: unknown): JsonSchemaValidatorResult<T> => ({
      valid: true,
      data: content as T, // as: it goes nowhere
      errorMessage: undefined,
    });
  },
};

export interface McpConnection extends AsyncDisposable {
  readonly name: string;
  readonly tools: readonly Tool[]; // named SERVER_TOOL
  readonly hasEnded: boolean;
}

/** Starts a server, or calls its address. @throws InterpreterError in one line */
export async function connectMcpServer(
  { name, entry }: McpServerConfig,
  { cwd, signal }: { cwd: string; signal?: AbortSignal },
): Promise<McpConnection> {
  const { Client } = await import("@modelcontextprotocol/client");
  const client = new Client({ name: "qwenlab", version: VERSION }, { jsonSchemaValidator: UNCHECKED });
  let ended = false;
  client.onclose = () => {
    ended = true;
  };
  client.onerror = () => {}; // what failed is told by the call that failed
  const timeout = { timeout: CONNECT_TIMEOUT_MS, ...(signal && { signal }) };
  let transport: Transport | undefined;
  try {
    signal?.throwIfAborted();
    transport = await transportOf(entry, cwd);
    await client.connect(transport, timeout);
    const { tools } = await client.listTools(undefined, timeout);
    return {
      name,
      tools: tools.slice(0, MAX_TOOLS).map((tool) => mcpTool(name, tool, client, () => ended)),
      get hasEnded() {
        return ended;
      },
      async [Symbol.asyncDispose]() {
        await client.close();
        await transport?.close();
      },
    };
  } catch (error) {
    await client.close().catch(() => {});
    await transport?.close().catch(() => {}); // also one that the client had not taken yet
    signal?.throwIfAborted();
    throw new InterpreterError(`the MCP server ${name} did not start: ${firstLine(error)}`, { cause: error });
  }
}

async function transportOf(entry: McpEntry, cwd: string): Promise<Transport> {
  if ("url" in entry) {
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
    // Its default: a redirect to another origin, which nobody was asked about, is not followed.
    return new StreamableHTTPClientTransport(new URL(entry.url), {
      requestInit: { headers: entry.headers },
      fetch: boundedFetch(MAX_ANSWER_BYTES),
    });
  }
  const command = findServerProgram(entry.command, cwd);
  if (command === undefined) throw new Error(`there is no program ${entry.command}`);
  const { serverTransport } = await import("./mcp-process.ts");
  return serverTransport({ ...entry, command, cwd });
}

interface ServerTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: JsonSchema;
}

function mcpTool(
  server: string,
  { name, description = "", inputSchema }: ServerTool,
  client: Client,
  hasEnded: () => boolean,
): Tool {
  const about = oneLine(description);
  return toolFromSchema({
    name: `${server}_${name}`.replace(/[^\w-]/g, "_").slice(0, 64),
    description: about.length > MAX_DESCRIPTION_LENGTH ? `${about.slice(0, MAX_DESCRIPTION_LENGTH - 1)}…` : about,
    effect: "acts", // also where the server says that it only reads: it is the server that says so
    schema: inputSchema,
    async execute(args, context) {
      if (hasEnded()) throw new ToolCallError(`the MCP server ${server} has ended`);
      const { signal } = context;
      const result = await client
        .callTool({ name, arguments: args }, { timeout: CALL_TIMEOUT_MS, ...(signal && { signal }) })
        .catch((error: unknown) => {
          signal?.throwIfAborted();
          throw new ToolCallError(hasEnded() ? `the MCP server ${server} has ended` : firstLine(error), {
            cause: error,
          });
        });
      const text = contentText(result.content as readonly Content[] | undefined, context);
      if (result.isError) throw new ToolCallError(cutMiddle(text));
      return cutMiddle(text);
    },
  });
}

interface Content {
  readonly type: string;
  readonly text?: string;
  readonly data?: string;
  readonly mimeType?: string;
  readonly uri?: string;
  readonly resource?: { readonly uri?: string; readonly text?: string };
}

/** What the model reads; pictures are for the user. */
function contentText(content: readonly Content[] = [], { display }: Pick<ToolContext, "display">): string {
  const parts = content.map((part) => {
    if (part.type === "text") return part.text ?? "";
    if (part.type === "resource") return part.resource?.text ?? `(a resource: ${part.resource?.uri ?? ""})`;
    if (part.type === "resource_link") return `(a resource: ${part.uri ?? ""})`;
    const isPicture = part.type === "image" && /^image\/(png|jpeg|gif|webp)$/.test(part.mimeType ?? "");
    if (!isPicture || (part.data?.length ?? 0) > MAX_IMAGE_CHARACTERS) return `(${part.type}, not shown)`;
    display({ [part.mimeType ?? ""]: part.data, "text/plain": "(a picture)" }, {});
    return "(a picture is shown to the user)";
  });
  return parts.join("\n") || "(nothing)";
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ").trim();
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0]!.slice(0, 300);
}
