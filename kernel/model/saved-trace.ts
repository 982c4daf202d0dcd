// The traces of %%agent that a notebook's file holds. The file may be anybody's.
import { z } from "zod";
import { hasMoreValues, readVisibleFile } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";
import { TRACE_MIME } from "../display/trace.ts";

const MAX_BYTES = 200 * 2 ** 20; // pictures in outputs
const MAX_VALUES = 2_000_000; // of JSON: a large notebook has some ten thousand, and each takes memory as it is parsed

const TRACE = z.looseObject({
  request: z.string(),
  steps: z.array(
    z.looseObject({
      tool: z.string(),
      arguments: z.string(),
      failed: z.boolean().optional(),
      result: z.string().optional(),
    }),
  ),
});
export type SavedTrace = z.output<typeof TRACE>;

const NOTEBOOK = z.object({
  cells: z.array(
    z.object({ outputs: z.array(z.object({ data: z.record(z.string(), z.unknown()).optional() })).optional() }),
  ),
});

/** The last trace of a notebook's file, or the one of this number, from 1. @throws UserError that names the file */
export function savedTrace(file: string, number: string | undefined, folder: string): SavedTrace {
  const { cells } = readNotebook(file, folder);
  const found = cells.flatMap(({ outputs = [] }) =>
    outputs.map(({ data }) => data?.[TRACE_MIME]).filter((data) => data !== undefined),
  );
  const chosen = number === undefined ? found.at(-1) : found[Number(number) - 1];
  if (chosen === undefined)
    throw new UserError(
      `${file} holds ${found.length} traces of %%agent${number === undefined ? "" : `, and no number ${number}`}`,
    );
  const parsed = TRACE.safeParse(chosen);
  if (!parsed.success) throw new UserError(`${file}: its trace is damaged (${parsed.error.issues[0]?.path.join(".")})`);
  return parsed.data;
}

function readNotebook(file: string, folder: string): z.output<typeof NOTEBOOK> {
  let content: unknown;
  try {
    const json = readVisibleFile(folder, file, MAX_BYTES);
    if (hasMoreValues(json, MAX_VALUES)) throw new Error(`it holds more than ${MAX_VALUES} values; no notebook does`);
    content = JSON.parse(json.toString("utf8"));
  } catch (error) {
    throw new UserError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = NOTEBOOK.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`${file}: not a notebook (${issue?.path.join(".") || "the top"}: ${issue?.message})`);
}
