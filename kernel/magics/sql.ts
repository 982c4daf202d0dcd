import { z } from "zod";
import { formsOfRows, PAGE_ROWS, SHOWN_ROWS, type SqlResult, textTable } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";
import type { ModelServices } from "../model/services.ts";
import type { Magic } from "./magic.ts";
import { readOptionsAndText } from "./options.ts";

const USAGE = "%%sql [--out NAME | --arrow NAME]";

const NAME = z.string().regex(/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u, "a variable's name");
const OPTIONS = z.object({ out: NAME.optional(), arrow: NAME.optional() });

/** The user's own SQL: files and arrays of the session by name, unlocked. */
export function sqlMagic({ session }: Pick<ModelServices, "session">): Magic {
  return {
    name: "sql",
    kind: "cell",
    usage: USAGE,
    help: "Runs DuckDB over the notebook's files and variables; --out leaves the rows in a variable, --arrow an Arrow table.",
    async run(input, output) {
      const { out, arrow, text } = readOptionsAndText(input, OPTIONS, USAGE);
      if (out !== undefined && arrow !== undefined) throw new UserError(`--out or --arrow, not both.\nUsage: ${USAGE}`);
      if (text.trim() === "") throw new UserError(`%%sql needs a query, behind it or below.\nUsage: ${USAGE}`);
      const result = await session
        .sql(text, { locked: false, maxRows: SHOWN_ROWS, signal: output.signal, ...variableOf(out, arrow) })
        .catch((error: unknown) => {
          output.signal.throwIfAborted();
          throw new UserError(error instanceof Error ? error.message : String(error));
        });
      if (result.columns.length > 0) output.display(tableBundle(result));
    },
  };
}

function variableOf(out: string | undefined, arrow: string | undefined) {
  if (arrow !== undefined) return { out: arrow, arrow: true };
  return out === undefined ? {} : { out };
}

function tableBundle(result: SqlResult) {
  return { ...formsOfRows(result.rows, result.rowCount), "text/plain": textTable(result, PAGE_ROWS) };
}
