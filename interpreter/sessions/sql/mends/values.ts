// A text that its column does not have. Such a query runs and finds nothing, or too much: 'Studio' where the column says
// 'studio', 'Lorient' where it says 'Lorient–Groix', kind = 'Oslo' where Oslo is a city, room = 'suite' where another table
// says which rooms are suites.

import { wholeWord } from "../../../escape-regexp.ts";
import { weekdayNamed } from "../../../languages/times.ts";
import { withoutAccents } from "../../../name-words.ts";
import type { SqlResult, TableInfo } from "../../session.ts";
import { isCalled } from "../../table-info.ts";
import { identifier, quoted } from "../database.ts";
import { isName, outlineOf, solid } from "../sql-outline.ts";
import { sourcesOf } from "../sql-sources.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { holdersOf, isPartOf, isText, partHoldersOf, valuesOf } from "./holders.ts";
import { equal, type Looks, type Mended, missingColumn, tablesIn } from "./mend.ts";
import { ofPartner } from "./partners.ts";

const MAX_TEXTS = 8; // of one query
const MAX_ROWS = 1_000_000; // of a table that is looked through beside the query itself
const COMPARES = /^(=|==|<>|!=)$/;

/** A text that a query compares with a column; both as places among the query's tokens. */
interface Compared {
  readonly column: number;
  readonly text: number;
}

/**
 * Each text that its column lacks becomes the one value of it that has the same letters, or holds it as a part; or the
 * column becomes the only other one that has the text, or that of the rows' partners in another table. undefined where
 * there is nothing to mend, or no single meaning.
 */
export async function meantValues(query: string, all: readonly TableInfo[], looks: Looks): Promise<Mended | undefined> {
  const { look } = looks;
  const tables = tablesIn(query, all).filter(({ rowCount = 0, problem }) => !problem && rowCount <= MAX_ROWS);
  const tokens = sqlTokens(query);
  const mended = [...tokens];
  const notes: string[] = [];
  for (const { text, name } of weekdaysIn(tokens)) {
    mended[text] = { kind: "string", text: quoted(name) };
    notes.push(`(dayname is in English: ${tokens[text]!.text} is read as ${quoted(name)})`);
  }
  for (const { column, text } of comparedIn(tokens).slice(0, MAX_TEXTS)) {
    const [name, value] = [unquoted(tokens[column]!), unquoted(tokens[text]!)];
    const owners = tables.filter(({ columns }) => columns.some((one) => isText(one) && equal(one.name, name)));
    const [table, ...others] = owners;
    if (!table || others.length > 0) continue;
    const meant = await meantIn(table, name, value, look);
    if (meant === "held") continue;
    if (meant === undefined) {
      const other = await ofPartner({ table, column: name, value }, all, looks);
      const place = other && wholeComparison(tokens, column, text);
      if (!other || !place) continue;
      mended[place.from] = { kind: "sign", text: other.condition(place.owner) };
      for (let i = place.from + 1; i < place.to; i++) mended[i] = { kind: "space", text: "" };
      notes.push(other.note);
      continue;
    }
    if (meant.column === undefined) mended[text] = { kind: "string", text: quoted(meant.value) };
    else mended[column] = { kind: "quoted", text: identifier(meant.column) };
    notes.push(`(no row has ${name} = ${quoted(value)}; read as ${meant.column ?? name} = ${quoted(meant.value)})`);
  }
  return notes.length === 0 ? undefined : { query: sqlText(mended), note: [...new Set(notes)].join("\n") };
}

/**
 * "Flight Date" = 'Night', of days, or time_of_day = 'Night', which no column is called: the only one of the table's texts
 * that has the value. A name that the question itself has is of something that no column holds.
 * @param error that DuckDB refused the query with
 */
export async function heldElsewhere(
  query: string,
  error: string,
  all: readonly TableInfo[],
  question: string,
  look: (query: string) => Promise<SqlResult>,
): Promise<Mended | undefined> {
  const [, a, b] =
    /could not convert string '([^']+)' to|invalid (?:date|timestamp) field format: "([^"]+)"/i.exec(error) ?? [];
  const refused = a ?? b;
  const missing = missingColumn(error);
  const tokens = sqlTokens(query);
  const nameOf = ({ column }: Compared) => unquoted(tokens[column]!);
  const textOf = ({ text }: Compared) => unquoted(tokens[text]!);
  const places = comparedIn(tokens).filter((one) =>
    missing === undefined ? textOf(one) === refused : equal(nameOf(one), missing),
  );
  const names = new Set(places.map(nameOf));
  const [name] = names;
  if (name === undefined || names.size > 1 || (missing === undefined && places.length > 1)) return undefined;
  if (missing !== undefined && wholeWord(missing.replaceAll("_", " ")).test(question)) return undefined;
  const owner = ownerOf(tokens, places[0]!.column);
  const outline = outlineOf(query);
  const named = outline.selects.flatMap((select) => sourcesOf(outline, select) ?? []);
  const own = named.find(({ table, alias }) => owner !== undefined && equal(alias ?? table, owner))?.table;
  const isOwn = (table: TableInfo) => own === undefined || isCalled(own, table);
  const [table, ...more] = tablesIn(query, all)
    .filter(isOwn)
    .filter(({ columns }) => missing !== undefined || columns.some((one) => equal(one.name, name)));
  if (!table || more.length > 0) return undefined;
  const values = places.map(textOf);
  const held = (await holdersOf(values, table, look)).map((column) => ({ column, value: values[0]! }));
  const holder = only(
    held.length > 0 || places.length > 1 ? held : await partHoldersOf(textOf(places[0]!), table, look),
  );
  if (holder === undefined) return undefined;
  const isMeant = (token: SqlToken, i: number) =>
    missing === undefined ? i === places[0]!.column : isName(token) && equal(unquoted(token), name);
  const isOther = (i: number) => held.length === 0 && i === places[0]!.text;
  const mended = tokens.map((token, i) => {
    if (isOther(i)) return { ...token, text: quoted(holder.value) };
    return isMeant(token, i) ? { ...token, text: identifier(holder.column ?? name) } : token;
  });
  const what = missing === undefined ? `${name} is no text` : `there is no column ${name}`;
  return { query: sqlText(mended), note: `(${what}; read as ${holder.column} = ${quoted(holder.value)})` };
}

/** a, of the column of a.kind */
function ownerOf(tokens: readonly SqlToken[], column: number): string | undefined {
  const owner = tokens[column - 1]?.text === "." ? tokens[column - 2] : undefined;
  return owner && unquoted(owner);
}

/** Tokens from..to of `a.column = 'text'`, and "a."; undefined of any other comparison. */
function wholeComparison(tokens: readonly SqlToken[], column: number, text: number) {
  const between = solid(tokens.slice(column + 1, text));
  if (!between.every(({ text: sign }) => sign === "=" || sign === "==")) return undefined;
  const isOwned = tokens[column - 1]?.text === ".";
  const owner = isOwned ? `${tokens[column - 2]?.text ?? ""}.` : "";
  return { from: isOwned ? column - 2 : column, to: text + 1, owner };
}

/** column = 'text', 'text' <> column, column IN ('text', ...) */
function comparedIn(tokens: readonly SqlToken[]): Compared[] {
  const solid = tokens.flatMap((token, at) => (["space", "comment"].includes(token.kind) ? [] : [{ token, at }]));
  // "<>" comes as two signs.
  const signs = (i: number) => `${solid[i]?.token.text ?? ""}${solid[i + 1]?.token.text ?? ""}`;
  return solid.flatMap(({ token, at }, i) => {
    if (!isName(token)) return [];
    const width = COMPARES.test(signs(i + 1)) ? 2 : COMPARES.test(solid[i + 1]?.token.text ?? "") ? 1 : 0;
    const behind = solid[i + 1 + width];
    if (width > 0) return behind?.token.kind === "string" ? [{ column: at, text: behind.at }] : [];
    const isNot = /^not$/i.test(solid[i + 1]?.token.text ?? "");
    const list = solid.slice(i + (isNot ? 2 : 1));
    if (!/^in$/i.test(list[0]?.token.text ?? "") || list[1]?.token.text !== "(") return [];
    const end = list.findIndex(({ token }) => token.text === ")");
    return list.slice(2, end).flatMap((one) => (one.token.kind === "string" ? [{ column: at, text: one.at }] : []));
  });
}

/** dayname(day) = 'Sonntag': where the text stands, and the day's English name. */
function weekdaysIn(tokens: readonly SqlToken[]): { text: number; name: string }[] {
  const isCalled = tokens.some((token) => isName(token) && equal(token.text, "dayname"));
  return tokens.flatMap((token, text) => {
    const name = isCalled && token.kind === "string" ? weekdayNamed(unquoted(token)) : undefined;
    return name === undefined || name === unquoted(token) ? [] : [{ text, name }];
  });
}

interface Meant {
  readonly column?: string; // another one, which has the text as it stands
  readonly value: string;
}

async function meantIn(
  { name: table, columns }: TableInfo,
  name: string,
  text: string,
  look: (query: string) => Promise<SqlResult>,
): Promise<Meant | "held" | undefined> {
  const own = columns.find((one) => equal(one.name, name))!.name;
  const isHeld = async (column: string) => {
    const { rows } = await look(`SELECT 1 FROM ${table} WHERE ${identifier(column)} = ${quoted(text)} LIMIT 1`);
    return rows.length > 0;
  };
  if (await isHeld(own)) return "held";
  const values = await valuesOf(own, table, look);
  const alike = values.filter((value) => lettersOf(value) === lettersOf(text));
  if (alike.length > 0) return only(alike.map((value) => ({ value })));
  const holders: Meant[] = [];
  for (const other of columns.filter(isText))
    if (await isHeld(other.name)) holders.push({ column: other.name, value: text });
  return only(holders.length > 0 ? holders : values.filter(isPartOf(text)).map((value) => ({ value })));
}

function only([meant, ...others]: readonly Meant[]): Meant | undefined {
  return others.length > 0 ? undefined : meant;
}

/** Letters and digits in lower case, without accents. */
function lettersOf(text: string): string {
  return withoutAccents(text).replace(/[^\p{L}\p{N}]+/gu, "");
}
