// Values between the notebook's two languages.
import { stat } from "node:fs/promises";
import { InterpreterError } from "../../errors.ts";
import type { TypeScriptSession } from "../session.ts";
import { literal } from "../typescript/source-text.ts";
import { type PythonSession, readPythonJson } from "./python-session.ts";

const MAX_LITERAL_BYTES = 20_000; // a longer value is parsed in the session: one that fills its memory ends no kernel
const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** A variable of TypeScript becomes one of Python. @throws InterpreterError where it has no form in JSON */
export async function toPython(name: string, from: TypeScriptSession, to: PythonSession): Promise<void> {
  const [value] = await from.values([name]);
  if (!value) throw new InterpreterError(`TypeScript has no variable ${name}`);
  if (value.error !== undefined) throw new InterpreterError(`${name} cannot be brought to Python: ${value.error}`);
  await to.put(name, value.json, value.dates && { dates: value.dates });
}

/** A variable of Python becomes one of TypeScript, with its type. */
export async function toTypeScript(
  name: string,
  from: PythonSession,
  to: TypeScriptSession,
  cellId: string,
): Promise<void> {
  if (!IDENTIFIER.test(name)) throw new InterpreterError(`${name} is not a variable's name in TypeScript`);
  await from.get(name, async (value) => {
    if (value.format === "parquet") {
      await to.sql(`SELECT * FROM read_parquet('${value.path}')`, { locked: false, out: name, maxRows: 1 });
      return;
    }
    const { size } = await stat(value.path);
    const json = size <= MAX_LITERAL_BYTES ? literal(await readPythonJson(value)) : undefined;
    if (value.format === "records" && json !== "[]") {
      const query = `SELECT * FROM read_json('${value.path}', format = 'array')`;
      await to.sql(query, { locked: false, out: name, maxRows: 1 });
      return;
    }
    const code =
      json !== undefined
        ? `let ${name} = ${json};`
        : `import { readFileSync as _readValue } from "node:fs";\nlet ${name}: any = JSON.parse(_readValue(${JSON.stringify(value.path)}, "utf8"));`;
    const outcome = await to.execute(code, { cellId });
    if (outcome.status === "error") throw new InterpreterError(`${name}: ${outcome.error.evalue}`);
  });
}
