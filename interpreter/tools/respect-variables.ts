// What the model may not do to the user's session, seen before anything runs: take a variable's name, or write rows of
// its own where a table has them.
import { ToolCallError } from "../errors.ts";
import type { TypeScriptSession } from "../sessions/session.ts";

const DECLARED = /\b(?:const|let|var|function|class)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/gu;
const ASSIGNED = /(?:^|[;{}()\n])\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:[-+*/%&|^?]{0,2}=(?![=>])|\+\+|--)/gu;
const LITERAL_ROWS = /\[\s*\{([^{}]*)\}\s*,\s*\{([^{}]*)\}/g;
const KEY = /(?:^|,)\s*["']?([\p{L}_][\p{L}\p{N}_ ()]*?)["']?\s*:/gu;

const ownNames = new WeakMap<TypeScriptSession, Set<string>>(); // that the model declared in a session: those are its to change

/** @throws ToolCallError that names the variable, or the table */
export async function respectVariables(code: string, session: TypeScriptSession): Promise<void> {
  const own = ownNames.get(session) ?? new Set();
  const users = (await session.variables()).map(({ name }) => name).filter((name) => !own.has(name));
  const taken = [...code.matchAll(DECLARED), ...code.matchAll(ASSIGNED)]
    .map(([, name]) => name!)
    .find((name) => users.includes(name));
  if (taken !== undefined)
    throw new ToolCallError(`${taken} is a variable of the user's; use another name, and leave it as it is`);
  for (const [, first = "", second = ""] of code.matchAll(LITERAL_ROWS)) {
    const keys = new Set([...first.matchAll(KEY), ...second.matchAll(KEY)].map(([, key]) => key!.toLowerCase()));
    const table = (await session.tables()).find(
      ({ columns }) => columns.filter(({ name }) => keys.has(name.toLowerCase())).length >= 2,
    );
    if (table)
      throw new ToolCallError(`these rows are invented: the real ones are in ${table.name}; read them with sql\`...\``);
  }
}

/** After code of the model ran in the session: what it declared is its own. */
export function ownDeclarations(code: string, session: TypeScriptSession): void {
  const own = ownNames.get(session) ?? new Set();
  for (const [, name] of code.matchAll(DECLARED)) own.add(name!);
  ownNames.set(session, own);
}
