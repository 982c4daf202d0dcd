// The kernel's side of notebook-requests.ts.
import { z } from "zod";
import { InterpreterError } from "../../errors.ts";
import type { SessionCommands } from "../session.ts";
import type { SessionProcess } from "./session-process.ts";

const MAX_TEXT_CHARACTERS = 1_000_000; // of an environment, which the session tells

const STATUS = z.int();
const ENVIRONMENT = z
  .object({ variables: z.record(z.string(), z.string()), folder: z.string() })
  .refine((told) => JSON.stringify(told).length <= MAX_TEXT_CHARACTERS);

/** @param asCell runs what is said and shown as part of a cell of the user's */
export function createSessionCommands(
  request: SessionProcess["request"],
  asCell: <T>(cellId: string, task: () => Promise<T>) => Promise<T>,
): SessionCommands {
  return {
    bash: (script, { cellId, signal }) =>
      asCell(cellId, async () => read(STATUS, await request("bash", { cellId, script }, signal))),
    async writeFile(path, text, { isAppended = false } = {}) {
      return read(z.boolean(), await request("writeFile", { path, text, isAppended }));
    },
    environment: async (change = {}) => read(ENVIRONMENT, await request("environment", change)),
    show: (cellId, data) => asCell(cellId, async () => void (await request("show", { cellId, data }))),
  };
}

/** The session runs code that nobody has read, and may answer anything. */
function read<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const { data, success } = schema.safeParse(answer);
  if (!success) throw new InterpreterError("the session gave an answer that is none");
  return data as z.output<Schema>; // as: of a success
}
