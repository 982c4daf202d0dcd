// What a FROM reads, and by what its tables are joined, where it says so in plain words.
import { isName, type SqlOutline, type SqlSelect, solid, type TokenRange } from "./sql-outline.ts";
import { type SqlToken, unquoted } from "./sql-tokens.ts";

export interface Source {
  readonly table: string; // as it is named, without quotes
  readonly alias: string | undefined;
  readonly join: "" | "inner" | "left" | "right" | "full" | "cross"; // "" of the first, and behind a comma
  /** What it is joined by: a.x = b.y, or a name that both have. */
  readonly on: readonly SqlToken[];
  readonly using: readonly string[];
  readonly range: TokenRange; // of the query's tokens, with the words of its join
}

const JOINS = /^(join|inner|left|right|full|cross)$/i;
const NO_ALIAS =
  /^(on|using|join|inner|left|right|full|outer|cross|natural|asof|semi|anti|positional|lateral|tablesample)$/i;

/** undefined where it reads a subquery or a function, or joins in another way. */
export function sourcesOf({ tokens }: SqlOutline, select: SqlSelect | undefined): Source[] | undefined {
  const from = select?.clauses.get("from");
  if (!from) return undefined;
  const places: number[] = [];
  for (let i = from.from; i < from.to; i++) if (solid([tokens[i]!]).length > 0) places.push(i);
  const at = (i: number) => tokens[places[i] ?? -1];
  const isAt = (i: number, words: RegExp) => at(i)?.kind === "word" && words.test(at(i)!.text);
  const sources: Source[] = [];
  for (let i = 0; i < places.length; ) {
    const start = i;
    let join: Source["join"] = "";
    if (sources.length > 0) {
      if (at(i)?.text === ",") i++;
      else {
        if (!isAt(i, JOINS)) return undefined;
        const kind = at(i)!.text.toLowerCase();
        join = kind === "join" ? "inner" : (kind as Source["join"]); // as: JOINS has no others
        while (i < places.length && isAt(i, /^(inner|left|right|full|cross|outer)$/i)) i++;
        if (!isAt(i, /^join$/i)) return undefined;
        i++;
      }
    }
    const name = at(i);
    if (!name || !(isName(name) || name.kind === "string") || at(i + 1)?.text === "(") return undefined;
    i++;
    if (isAt(i, /^as$/i)) i++;
    const alias = at(i) && isName(at(i)!) && !isAt(i, NO_ALIAS) ? unquoted(at(i++)!) : undefined;
    const behind = i;
    while (i < places.length && !(depthAt(tokens, places, behind, i) === 0 && (isAt(i, JOINS) || at(i)?.text === ",")))
      i++;
    const condition = places.slice(behind, i).map((place) => tokens[place]!);
    const [word, ...rest] = condition;
    const isOn = word !== undefined && /^on$/i.test(word.text);
    const isUsing = word !== undefined && /^using$/i.test(word.text);
    if (word && !isOn && !isUsing) return undefined;
    sources.push({
      table: unquoted(name),
      alias,
      join,
      on: isOn ? rest : [],
      using: isUsing ? rest.filter(isName).map(unquoted) : [],
      range: { from: places[start]!, to: (places[i - 1] ?? places[start]!) + 1 },
    });
  }
  return sources;
}

function depthAt(tokens: readonly SqlToken[], places: readonly number[], from: number, to: number): number {
  return places.slice(from, to).reduce((depth, place) => {
    const { text } = tokens[place]!;
    return depth + (text === "(" ? 1 : text === ")" ? -1 : 0);
  }, 0);
}

/** The two columns of a join that is one equality: a.x = b.y. An owner is "" where none is written. */
export function equality(on: readonly SqlToken[]): readonly [ColumnPlace, ColumnPlace] | undefined {
  const equals = on.findIndex(({ text }) => text === "=");
  const [left, right] = [on.slice(0, equals), on.slice(equals + 1)].map(columnPlace);
  return equals > 0 && left && right ? [left, right] : undefined;
}

export interface ColumnPlace {
  readonly owner: string;
  readonly column: string;
}

function columnPlace(tokens: readonly SqlToken[]): ColumnPlace | undefined {
  const [first, dot, last, ...more] = tokens;
  if (!first || more.length > 0) return undefined;
  const isNamed = isName(first) || first.kind === "string";
  if (dot === undefined) return isName(first) ? { owner: "", column: unquoted(first) } : undefined;
  if (dot.text !== "." || !isNamed || !last || !isName(last)) return undefined;
  return { owner: unquoted(first), column: unquoted(last) };
}
