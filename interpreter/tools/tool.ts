import type { ChatCompletionTool } from "openai/resources/chat/completions";
import { z } from "zod";
import { ToolCallError } from "../errors.ts";
import type { ConfinedCells } from "../sessions/confinement/confined-cells.ts";
import type { MimeBundle, SessionEvent, TypeScriptSession } from "../sessions/session.ts";
import { withinTime } from "../sessions/typescript/within-time.ts";
import type { Fact } from "./facts.ts";

/** UTF-16 units of an observation: about 700 tokens, so that a few of them fit a small model's context. */
export const MAX_OBSERVATION_LENGTH = 2_000;

/**
 * Patterns and alternatives of a schema from outside can take for ever, and the kernel answers nobody meanwhile: a check
 * that is none of those takes less than a millisecond.
 */
const CHECK_MS = 2_000;

/** What a tool may touch. */
export interface ToolContext {
  /** Where code can run away from the user's session; undefined where there is no such place. */
  readonly confinedCells?: ConfinedCells | undefined;
  /** The call may run only where it is confined: nobody was asked. */
  readonly confine?: boolean;
  /** What the call should answer, where that is known. */
  readonly question?: string;
  readonly session: TypeScriptSession;
  readonly cellId: string; // what the tool runs and shows belongs to this cell
  readonly signal: AbortSignal | undefined;
  /** Shows the value of a program's last expression to the user: a chart, a table. */
  readonly display: (data: MimeBundle, metadata: Readonly<Record<string, unknown>>) => void;
  /** Listens to what the session's code prints and shows; returns what stops it. */
  readonly onSessionEvent: (listener: (event: SessionEvent) => void) => () => void;
}

export interface ToolResult {
  readonly content: string; // the observation: what the model reads
  /** Code for a cell that does the same again without a model, where there is such code. */
  readonly cell?: string;
  readonly facts?: readonly Fact[];
}

/** A tool as the loop sees it: its arguments are checked inside. */
export interface Tool {
  readonly name: string;
  readonly definition: ChatCompletionTool;
  /** `reads`: only reads, under a lock, so it runs without a question. */
  readonly effect: "reads" | "acts";
  /** What the user is shown and asked about. @throws ToolCallError where the arguments do not fit the schema */
  preview(argumentsJson: string): CodePreview;
  /** Finds mistakes before anything runs or the user is asked. @throws ToolCallError that says what to repair */
  check(argumentsJson: string, context: ToolContext): Promise<void>;
  /** Whether the call can run where nothing of the user's can be reached. */
  canConfine?(argumentsJson: string, context: ToolContext): Promise<boolean>;
  /** @throws ToolCallError that says what to repair */
  call(argumentsJson: string, context: ToolContext): Promise<ToolResult>;
}

export interface CodePreview {
  readonly language: "sql" | "typescript" | "python" | "json";
  readonly code: string;
}

export interface ToolOptions<Parameters extends z.ZodObject> {
  readonly name: string;
  readonly description: string;
  readonly parameters: Parameters;
  readonly effect: "reads" | "acts";
  /** Puts right what models are known to write instead, before the schema checks it. */
  readonly asMeant?: (written: Record<string, unknown>) => Record<string, unknown>;
  readonly preview?: (args: z.output<Parameters>) => CodePreview;
  readonly check?: (args: z.output<Parameters>, context: ToolContext) => Promise<void>;
  readonly canConfine?: (args: z.output<Parameters>, context: ToolContext) => Promise<boolean>;
  readonly execute: (args: z.output<Parameters>, context: ToolContext) => Promise<ToolResult | string>;
}

/**
 * One schema types the arguments, checks them, and is what the model is shown.
 * @example
 * const dice = defineTool({
 *   name: "roll_dice", description: "Rolls dice.", effect: "reads",
 *   parameters: z.object({ count: z.int().min(1).max(10) }),
 *   execute: async ({ count }) => roll(count).join(" "),
 * });
 */
export function defineTool<Parameters extends z.ZodObject>(options: ToolOptions<Parameters>): Tool {
  const { parameters, preview, check, canConfine, asMeant } = options;
  return toolOf({
    ...options,
    schema: z.toJSONSchema(parameters, { io: "input" }),
    parameters: parameters as unknown as z.ZodType<z.output<Parameters>>, // as: TypeScript does not see that it is one
    ...(asMeant && { asMeant }),
    ...(preview && { preview }),
    ...(check && { check }),
    ...(canConfine && { canConfine }),
  });
}

/** A tool whose arguments are described by a JSON schema from outside: a function of the notebook, an MCP server. */
export function toolFromSchema(
  options: Omit<ToolOptions<z.ZodObject>, "parameters"> & { readonly schema: JsonSchema },
): Tool {
  return toolOf({ ...options, parameters: checkerOf(options.schema) });
}

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema that cannot be read checks nothing but that the arguments are an object; whoever is called checks the rest. */
function checkerOf(schema: JsonSchema): z.ZodType<Record<string, unknown>> {
  const anything = z.record(z.string(), z.unknown());
  try {
    return withinTime(CHECK_MS, () => z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])).pipe(
      anything,
    );
  } catch {
    return anything;
  }
}

interface Checked<Arguments> {
  readonly name: string;
  readonly description: string;
  readonly effect: Tool["effect"];
  readonly schema: JsonSchema;
  readonly parameters: z.ZodType<Arguments>;
  readonly asMeant?: (written: Record<string, unknown>) => Record<string, unknown>;
  readonly preview?: (args: Arguments) => CodePreview;
  readonly check?: (args: Arguments, context: ToolContext) => Promise<void>;
  readonly canConfine?: (args: Arguments, context: ToolContext) => Promise<boolean>;
  readonly execute: (args: Arguments, context: ToolContext) => Promise<ToolResult | string>;
}

function toolOf<Arguments>(options: Checked<Arguments>): Tool {
  const { name, description, effect, execute } = options;
  // Every token of the prompt counts.
  const { $schema: _, additionalProperties: __, ...schema } = options.schema;
  const read = (argumentsJson: string) => readArguments(options, argumentsJson);
  return {
    name,
    effect,
    definition: { type: "function", function: { name, description, parameters: schema } },
    preview(argumentsJson) {
      const args = read(argumentsJson);
      return options.preview?.(args) ?? { language: "json", code: JSON.stringify(args, null, 2) };
    },
    async check(argumentsJson, context) {
      await options.check?.(read(argumentsJson), context);
    },
    canConfine: async (argumentsJson, context) => (await options.canConfine?.(read(argumentsJson), context)) ?? false,
    async call(argumentsJson, context) {
      const result = await execute(read(argumentsJson), context);
      return typeof result === "string" ? { content: result } : result;
    },
  };
}

function readArguments<Arguments>(
  { name, parameters, schema, asMeant }: Checked<Arguments>,
  argumentsJson: string,
): Arguments {
  let value: unknown;
  try {
    value = JSON.parse(argumentsJson || "{}");
  } catch (cause) {
    throw new ToolCallError(`the arguments of ${name} are not valid JSON`, { cause });
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const meant = asMeant && isObject ? asMeant(value as Record<string, unknown>) : value;
  const parsed = checked(name, () => parameters.safeParse(meant));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`);
  throw new ToolCallError(`${issues.join("; ")}. ${name} takes ${signature(schema)}`);
}

function checked<Result>(name: string, check: () => Result): Result {
  try {
    return withinTime(CHECK_MS, check);
  } catch (cause) {
    const { message } = cause as Error; // as: of withinTime() and Zod
    throw new ToolCallError(`the arguments of ${name} cannot be checked against its schema: ${message}`, { cause });
  }
}

/** "{ query: string }" */
export function signature({ properties = {}, required = [] }: JsonSchema): string {
  const needed = required as readonly string[];
  const fields = Object.entries(properties as Record<string, JsonSchema>).map(
    ([field, { type, enum: values }]) =>
      `${field}${needed.includes(field) ? "" : "?"}: ${Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(" | ") : type || "any"}`,
  );
  return `{ ${fields.join(", ")} }`;
}

/** Keeps head and tail, and says how much is missing. */
export function cutMiddle(text: string, maxLength = MAX_OBSERVATION_LENGTH): string {
  if (text.length <= maxLength) return text;
  const head = Math.floor(maxLength * 0.7);
  const tail = maxLength - head;
  return `${text.slice(0, head)}\n... ${text.length - maxLength} characters left out ...\n${text.slice(-tail)}`;
}
