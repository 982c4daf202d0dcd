import { z } from "zod";
import { type CellError, toPython, toTypeScript } from "../../interpreter/index.ts";
import { CellFailure, UserError } from "../cells/cell.ts";
import type { ModelServices } from "../model/services.ts";
import type { Magic } from "./magic.ts";
import { readOptionsAndText } from "./options.ts";

const USAGE = "%%python [--in NAME,NAME] [--out NAME,NAME]";

const NAMES = z
  .string()
  .regex(
    /^[\p{ID_Start}_][\p{ID_Continue}]*(,[\p{ID_Start}_][\p{ID_Continue}]*)*$/u,
    "names of variables, such as rows,total",
  )
  .transform((list) => list.split(","))
  .optional();
const OPTIONS = z.object({ in: NAMES, out: NAMES });

/** Runs a cell in the notebook's Python; variables go there by --in and come back by --out. */
export function pythonMagic({ session, python }: Pick<ModelServices, "session" | "python">): Magic {
  return {
    name: "python",
    kind: "cell",
    usage: USAGE,
    help: "Runs Python (ipykernel); --in and --out bring variables over, tables as DataFrames.",
    async run(input, output) {
      const { in: into = [], out = [], text } = readOptionsAndText(input, OPTIONS, USAGE);
      try {
        for (const name of into) await toPython(name, session, python);
      } catch (error) {
        throw new UserError(`--in: ${error instanceof Error ? error.message : error}`);
      }
      if (text.trim() !== "") {
        const outcome = await python
          .execute(text, { cellId: output.cellId, signal: output.signal })
          .catch((error: Error) => {
            output.signal.throwIfAborted();
            throw new UserError(error.message);
          });
        const hasEnded = outcome.status === "error" && outcome.error.ename === "PythonEnded";
        if (output.signal.aborted && hasEnded) output.stream("stderr", `${outcome.error.evalue}\n`); // it did not heed the interrupt
        output.signal.throwIfAborted();
        if (outcome.status === "error") throw new CellFailure(outcome.error satisfies CellError);
        if (outcome.result) output.display(outcome.result.data, { metadata: outcome.result.metadata });
      }
      try {
        for (const name of out) await toTypeScript(name, python, session, output.cellId);
      } catch (error) {
        throw new UserError(`--out: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}
