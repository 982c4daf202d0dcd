// The traces of %%agent that a notebook's file holds. The file may be anybody's.
import { z } from "zod";
import { readFolderFile } from "../../interpreter/index.ts";
import { TRACE_MIME } from "../display/trace.ts";
import { UserError } from "./magic.ts";

const MAX_BYTES = 200 * 2 ** 20; // pictures in outputs
const MAX_VALUES = 2_000_000; // of JSON: a large notebook has some ten thousand, and each takes memory as it is parsed
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const BEFORE_VALUES = new Set([0x2c, 0x3a, 0x5b, 0x7b]); // , : [ {

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
    const json = readFolderFile(folder, file, MAX_BYTES);
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

/** Told without parsing, which would keep them all. Texts count once, however long. */
function hasMoreValues(json: Buffer, max: number): boolean {
  let values = 1;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) at = endOfText(json, at);
    else if (BEFORE_VALUES.has(byte) && ++values > max) return true;
  }
  return false;
}

/** The closing quote: one with an even number of backslashes before it. */
function endOfText(json: Buffer, start: number): number {
  for (let end = json.indexOf(QUOTE, start + 1); end >= 0; end = json.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
