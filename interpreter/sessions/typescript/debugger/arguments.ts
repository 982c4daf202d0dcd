// What requests to the debugger carry: https://microsoft.github.io/debug-adapter-protocol/specification#Requests
import { z } from "zod";
import { InterpreterError } from "../../../errors.ts";

const MAX_TOLD_CHARACTERS = 200;

const source = z.object({ path: z.string(), sourceReference: z.number().exactOptional() });
const frameId = z.int().exactOptional();
const name = z.string();
const value = z.string();
const variablesReference = z.int();
const nothing = z.object({});

export const ARGUMENTS = {
  initialize: z.object({
    clientID: z.string().exactOptional(),
    linesStartAt1: z.boolean().exactOptional(),
    columnsStartAt1: z.boolean().exactOptional(),
  }),
  attach: nothing,
  setBreakpoints: z.object({
    source,
    breakpoints: z
      .array(
        z.object({
          line: z.int(),
          column: z.int().exactOptional(),
          condition: z.string().exactOptional(),
          hitCondition: z.string().exactOptional(),
          logMessage: z.string().exactOptional(),
        }),
      )
      .default([]),
  }),
  setExceptionBreakpoints: z.object({ filters: z.array(z.string()) }),
  configurationDone: nothing,
  continue: nothing,
  next: nothing,
  stepIn: nothing,
  stepOut: nothing,
  pause: nothing,
  threads: nothing,
  stackTrace: z.object({ startFrame: z.int().exactOptional(), levels: z.int().exactOptional() }),
  scopes: z.object({ frameId: z.int() }),
  variables: z.object({
    variablesReference,
    filter: z.enum(["indexed", "named"]).exactOptional(),
    start: z.int().nonnegative().exactOptional(),
    count: z.int().nonnegative().exactOptional(),
  }),
  setVariable: z.object({ variablesReference, name, value }),
  evaluate: z.object({ expression: z.string(), frameId, context: z.string().exactOptional() }),
  completions: z.object({ text: z.string(), column: z.int(), line: z.int().exactOptional(), frameId }),
  restartFrame: z.object({ frameId: z.int() }),
  exceptionInfo: nothing,
  source: z.object({ source: source.partial().exactOptional(), sourceReference: z.number().exactOptional() }),
  modules: nothing,
  inspectVariables: nothing,
  richInspectVariables: z.object({ variableName: z.string(), frameId: frameId.nullable() }),
  copyToGlobals: z.object({ srcVariableName: name, dstVariableName: name, srcFrameId: z.int() }),
  disconnect: nothing,
  terminate: nothing,
} as const;

export type DebugCommand = keyof typeof ARGUMENTS;
export type DebugArguments<Command extends DebugCommand> = z.infer<(typeof ARGUMENTS)[Command]>;

/** @throws InterpreterError that names what is missing, or of a wrong type */
export function parseArguments<Command extends DebugCommand>(
  command: Command,
  given: unknown,
): DebugArguments<Command> {
  const { data, error } = ARGUMENTS[command].safeParse(given ?? {});
  if (error === undefined) return data as DebugArguments<Command>; // as: the schema is the command's
  const [issue] = error.issues;
  const where = ["arguments", ...(issue?.path ?? [])].map(String).join(".");
  throw new InterpreterError(`${where}: ${(issue?.message ?? "").slice(0, MAX_TOLD_CHARACTERS)}`);
}

export function isCommand(command: string): command is DebugCommand {
  return Object.hasOwn(ARGUMENTS, command);
}
