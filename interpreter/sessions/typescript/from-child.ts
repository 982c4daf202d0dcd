// What the child tells the kernel. It runs code that nobody has read, which may write to the same pipe: so the kernel
// takes what has one of these forms, and nothing else.
import { z } from "zod";
import type { CellEnd } from "./cell-runner.ts";

const MAX_NAME_CHARACTERS = 10_000; // of what the kernel keeps, or sends back as it came
const MAX_TOLD_CHARACTERS = 200;
const MAX_NAMES = 100_000; // that a cell declares

const name = z.string().max(MAX_NAME_CHARACTERS);
const id = z.int().nonnegative();
const bundle = z.record(z.string(), z.unknown());

const fromChild = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("stream"), cellId: name, name: z.enum(["stdout", "stderr"]), text: z.string() }),
  z.strictObject({
    type: z.literal("display"),
    cellId: name,
    data: bundle,
    metadata: bundle,
    displayId: name.exactOptional(),
    update: z.boolean(),
  }),
  z.strictObject({ type: z.literal("clear-output"), cellId: name, wait: z.boolean() }),
  z.strictObject({
    type: z.literal("input-request"),
    cellId: name,
    id,
    prompt: z.string(),
    password: z.boolean(),
    waits: z.boolean(), // the child stands still until a line with the answer comes down FRAMES_FD
  }),
  z.strictObject({
    type: z.literal("model-request"),
    cellId: name,
    id,
    kind: z.enum(["chat", "agent", "tool"]),
    request: z.string(),
    options: bundle,
  }),
  z.strictObject({
    type: z.literal("comm"),
    cellId: name,
    message: z.strictObject({
      kind: z.enum(["open", "message", "close"]),
      commId: name,
      targetName: name.exactOptional(),
      data: bundle,
      metadata: bundle,
      buffers: z.array(z.string()),
    }),
    answers: name.exactOptional(),
  }),
  z.strictObject({ type: z.literal("debug-output"), category: z.enum(["console", "stderr"]), output: z.string() }),
  z.strictObject({ type: z.literal("file-request"), id, name }), // how a data file is read
  z.strictObject({ type: z.literal("reply"), id, value: z.unknown() }),
  z.strictObject({ type: z.literal("failure"), id, message: z.string() }),
]);

export type FromChild = Readonly<z.infer<typeof fromChild>>;

/** @throws TypeError for what is no message of the child's */
export function toFromChild(message: unknown): FromChild {
  const { data, error } = fromChild.safeParse(message);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const { type } = Object(message) as { readonly type?: unknown }; // as: of what JSON gave; null has none
  const what = typeof type === "string" ? `a message "${type.slice(0, MAX_TOLD_CHARACTERS)}"` : "no message";
  const wrong = [...(issue?.path ?? []), issue?.message].join(" ");
  throw new TypeError(`${what}: ${wrong.slice(0, MAX_TOLD_CHARACTERS)}`);
}

const cellEnd = z.object({
  outcome: z.looseObject({ status: z.enum(["ok", "error"]) }),
  unreached: z.array(name).max(MAX_NAMES),
  time: z.object({ wall: z.number(), user: z.number(), system: z.number() }).exactOptional(),
});
const UNTOLD = "the session did not tell how the cell ended";

/** The answer to a cell. What is in its outcome is anybody's: see ../confinement/output/confined-output.ts. */
export function toCellEnd(answer: unknown): CellEnd {
  const { data } = cellEnd.safeParse(answer);
  if (data !== undefined) return data as unknown as CellEnd; // as: the outcome is looked at when it is shown
  return {
    outcome: { status: "error", error: { ename: "Error", evalue: UNTOLD, traceback: [UNTOLD] } },
    unreached: [],
  };
}
