// Apart from messages.ts, so that the process that reads loads no zod.
import { z } from "zod";

const isWorn = z.boolean(); // its memory is full of what is no more needed: another process is to take its place

/** Held to its form: the process reads what anybody may have put into the folder. */
export const fromReader = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({ type: z.literal("reply"), id: z.int(), value: z.unknown(), isWorn }),
  z.strictObject({ type: z.literal("failure"), id: z.int(), message: z.string(), isWorn }),
  z.strictObject({ type: z.literal("out-of-memory") }), // its last message
]);

export type FromReader = Readonly<z.infer<typeof fromReader>>;
