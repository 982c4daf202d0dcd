// Calls in a query, with the parentheses in them: what a pattern over the text does not see.
import { isName, listed } from "../sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens } from "../sql-tokens.ts";

const MAX_DEPTH = 40; // of calls in calls; what is deeper is left as it stands

/** @returns what stands in the call's place; undefined leaves it as it is */
export type MeantCall = (name: string, args: readonly string[]) => string | undefined;

/** A query with other calls in the place of some of its own; the inner ones first. `name` is in lower case. */
export function withCalls(query: string, meant: MeantCall): string {
  return rewritten(sqlTokens(query), meant, 0);
}

function rewritten(tokens: readonly SqlToken[], meant: MeantCall, depth: number): string {
  let text = "";
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const ends = isName(token) && depth < MAX_DEPTH ? endsOf(tokens, i) : undefined;
    if (ends === undefined) {
      text += token.text;
      continue;
    }
    const { open, close } = ends;
    const args = listed(tokens, { from: open + 1, to: close }).map(({ from, to }) =>
      rewritten(tokens.slice(from, to), meant, depth + 1),
    );
    const trimmed = args.map((arg) => arg.trim());
    text += meant(token.text.toLowerCase(), trimmed) ?? `${sqlText(tokens.slice(i, open + 1))}${args.join(",")})`;
    i = close;
  }
  return text;
}

/** The parentheses behind token i; undefined where there are none, or they are not closed. */
function endsOf(tokens: readonly SqlToken[], i: number): { open: number; close: number } | undefined {
  const open = tokens[i + 1]?.kind === "space" ? i + 2 : i + 1;
  if (tokens[open]?.text !== "(") return undefined;
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    depth += tokens[at]!.text === "(" ? 1 : tokens[at]!.text === ")" ? -1 : 0;
    if (depth === 0) return { open, close: at };
  }
  return undefined;
}

/** What an argument says that is a text: "'month'" -> month; undefined for others. */
export function textOf(arg: string): string | undefined {
  return /^'(?:[^']|'')*'$/.test(arg) ? arg.slice(1, -1).replaceAll("''", "'") : undefined;
}
