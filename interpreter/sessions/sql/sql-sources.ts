// What a FROM reads, and by what its tables are joined, where it says so in plain words.
import { type KeyWriting, writingIn } from "./join-key.ts";
import { isName, isWord, type SqlOutline, type SqlSelect, solid, type TokenRange } from "./sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "./sql-tokens.ts";

export interface Source {
  readonly table: string; // as it is named, without quotes
  readonly alias: string | undefined;
  readonly join: "" | "inner" | "left" | "right" | "full" | "cross"; // "" of the first, and behind a comma
  /** What it is joined by: a.x = b.y, or a name that both have. */
  readonly on: readonly SqlToken[];
  readonly using: readonly string[];
  readonly range: TokenRange; // of the query's tokens, with the words of its join
}

const JOINS = ["inner", "left", "right", "full", "cross", "outer"];
const NO_ALIAS =
  /^(on|using|join|inner|left|right|full|outer|cross|natural|asof|semi|anti|positional|lateral|tablesample)$/i;

/** undefined where it reads a subquery or a function, or joins in another way. */
export function sourcesOf({ tokens }: SqlOutline, select: SqlSelect | undefined): Source[] | undefined {
  const from = select?.clauses.get("from");
  if (!from) return undefined;
  const parts = partsOf(tokens, from);
  const sources = parts.flatMap((places, i) => sourceAt(tokens, places, i === 0) ?? []);
  return sources.length === parts.length ? sources : undefined;
}

/** Where the tokens of each table stand, with the words that join it before them and the condition behind. */
function partsOf(tokens: readonly SqlToken[], { from, to }: TokenRange): number[][] {
  const parts: number[][] = [[]];
  let depth = 0;
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    if (solid([token]).length === 0) continue;
    depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    const part = parts.at(-1)!;
    const isWithin = part.length === 0 || isWord(tokens[part.at(-1)!]!, ...JOINS); // LEFT JOIN
    const begins = token.text === "," || isWord(token, ...JOINS, "join");
    if (begins && depth === 0 && !isWithin) parts.push([i]);
    else part.push(i);
  }
  return parts;
}

function sourceAt(tokens: readonly SqlToken[], places: readonly number[], isFirst: boolean): Source | undefined {
  const words = places.map((place) => tokens[place]!);
  const [first] = words;
  const isComma = first?.text === ",";
  const joined = isFirst || isComma ? -1 : words.findIndex((word) => isWord(word, "join"));
  if (!first || (joined < 0 && !isFirst && !isComma)) return undefined;
  const [name, ...behind] = words.slice(isComma ? 1 : joined + 1);
  if (!name || !(isName(name) || name.kind === "string") || behind[0]?.text === "(") return undefined;
  const named = behind[0] && isWord(behind[0], "as") ? behind.slice(1) : behind;
  const alias = named[0] && isName(named[0]) && !NO_ALIAS.test(named[0].text) ? named[0] : undefined;
  const [word, ...condition] = alias ? named.slice(1) : named;
  if (word && !isWord(word, "on", "using")) return undefined;
  const isOn = word !== undefined && isWord(word, "on");
  return {
    table: unquoted(name),
    alias: alias && unquoted(alias),
    join: isFirst || isComma ? "" : isWord(first, "join") ? "inner" : (first.text.toLowerCase() as Source["join"]), // as: of JOINS
    on: isOn ? condition : [],
    using: isOn ? [] : condition.filter(isName).map(unquoted),
    range: { from: places[0]!, to: places.at(-1)! + 1 },
  };
}

/** The two columns of a join that is one equality: a.x = b.y. An owner is "" where none is written. */
export function equality(on: readonly SqlToken[]): readonly [ColumnPlace, ColumnPlace] | undefined {
  const equals = on.findIndex(({ text }) => text === "=");
  const [left, right] = [on.slice(0, equals), on.slice(equals + 1)].map(keyPlace);
  return equals > 0 && left && right ? [left, right] : undefined;
}

export interface ColumnPlace {
  readonly owner: string;
  readonly column: string;
  readonly writing?: KeyWriting; // by which it is compared with the other
}

/** A column, or what it has in common with the other: see join-key.ts. */
function keyPlace(tokens: readonly SqlToken[]): ColumnPlace | undefined {
  const compared = writingIn(sqlText(tokens));
  if (!compared) return columnPlace(tokens);
  const place = columnPlace(solid(sqlTokens(compared.column)));
  return place && { ...place, writing: compared.writing };
}

function columnPlace(tokens: readonly SqlToken[]): ColumnPlace | undefined {
  const [first, dot, last, ...more] = tokens;
  if (!first || more.length > 0) return undefined;
  const isNamed = isName(first) || first.kind === "string";
  if (dot === undefined) return isName(first) ? { owner: "", column: unquoted(first) } : undefined;
  if (dot.text !== "." || !isNamed || !last || !isName(last)) return undefined;
  return { owner: unquoted(first), column: unquoted(last) };
}
