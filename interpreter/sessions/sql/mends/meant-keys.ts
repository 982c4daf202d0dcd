// Two tables that write one key in two ways, 'Hab. 101' and 101: compared as they stand they have nothing in common, or the
// query fails. They are compared by what both say. Where a query joins by columns that have nothing to do with each other,
// or that a table does not have, and the tables have one key, that is meant.
import type { TableInfo } from "../../session.ts";
import { fileOf, stemOf, tableCalled } from "../../table-info.ts";
import { identifier } from "../database.ts";
import { inWriting, isSameEnd, type JoinKey, type KeyEnd } from "../join-key.ts";
import { isName, isWord, outlineOf, type SqlOutline } from "../sql-outline.ts";
import { sourcesOf } from "../sql-sources.ts";
import { type SqlToken, sqlText, unquoted } from "../sql-tokens.ts";
import { equal, type Looks, type Mended } from "./mend.ts";

/** A column as a query writes it, with its owner: tokens from..to, and no spaces around them. */
interface Written extends KeyEnd {
  readonly of: TableInfo;
  readonly owner: string; // "" or "a."
  readonly isThere: boolean; // the table has the column
  readonly from: number;
  readonly to: number;
}

/** @returns undefined where all comparisons may stay */
export async function meantKeys(
  query: string,
  tables: readonly TableInfo[],
  { keysOf, look }: Looks,
): Promise<Mended | undefined> {
  const outline = outlineOf(query);
  const named = namedTables(outline, tables);
  const notes: string[] = [];
  const texts = new Map<Written, string>();
  for (const [left, right] of comparisons(outline, named)) {
    const keys = await keysOf([left.of, right.of]);
    const own = keys.find((key) => isBetween(key, left, right));
    const meant = own ?? (await onlyKey(keys, [left, right], look));
    if (!meant || (meant === own && own.writing === undefined)) continue;
    for (const side of [left, right]) {
      const end = [meant.from, meant.to].find(({ table }) => table === side.table) as KeyEnd; // as: a key is between the two
      const column = isSameEnd(end, side) ? side.column : end.column;
      texts.set(side, inWriting(meant.writing, `${side.owner}${identifier(column)}`));
    }
    notes.push(noteOf([left, right], meant, own === undefined));
  }
  return texts.size === 0 ? undefined : { query: withTexts(outline.tokens, texts), note: notes.join("\n") };
}

function noteOf(sides: readonly [Written, Written], { from, to, writing }: JoinKey, isOther: boolean): string {
  const by = writing === undefined ? "" : `, compared by their ${writing === "number" ? "numbers" : writing}`;
  const of = ({ table, column }: KeyEnd) => `${column} of ${fileOf({ name: table })}`;
  const [left, right] = sides;
  if (!isOther) return `(${of(left)} and ${of(right)} are written in two ways${by})`;
  const missing = sides.find(({ isThere }) => !isThere);
  const reason = missing
    ? `${fileOf(missing.of)} has no ${missing.column}`
    : `${left.column} and ${right.column} have no value in common`;
  return `(joined by ${of(from)} and ${of(to)}${by}: ${reason})`;
}

function isBetween({ from, to }: JoinKey, left: KeyEnd, right: KeyEnd): boolean {
  return (isSameEnd(from, left) && isSameEnd(to, right)) || (isSameEnd(from, right) && isSameEnd(to, left));
}

/** The only key of two tables, where the columns that are compared have no value in common. */
async function onlyKey(
  keys: readonly JoinKey[],
  [left, right]: readonly [Written, Written],
  look: Looks["look"],
): Promise<JoinKey | undefined> {
  const [key, ...more] = keys;
  if (!key || more.length > 0) return undefined;
  if (!left.isThere || !right.isThere) return key;
  const text = ({ column }: Written) => `CAST(${identifier(column)} AS VARCHAR)`;
  const { rows } = await look(
    `SELECT count(*) AS n FROM (SELECT ${text(left)} FROM ${left.table} INTERSECT SELECT ${text(right)} FROM ${right.table})`,
  );
  return Number(rows[0]?.["n"]) === 0 ? key : undefined;
}

/** By alias, file and stem, in small letters; a name that stands for two is left out. */
function namedTables(outline: SqlOutline, tables: readonly TableInfo[]): ReadonlyMap<string, TableInfo> {
  const named = new Map<string, TableInfo | undefined>();
  for (const select of outline.selects) {
    for (const { table: name, alias } of sourcesOf(outline, select) ?? []) {
      const table = tableCalled(name, tables);
      for (const one of alias === undefined ? [name, table && stemOf(table), table && fileOf(table)] : [alias]) {
        if (one === undefined) continue;
        const key = one.toLowerCase();
        named.set(key, named.has(key) && named.get(key) !== table ? undefined : table);
      }
    }
  }
  return new Map([...named].flatMap(([name, table]) => (table ? [[name, table]] : [])));
}

/** a.x = b.y, and a.x IN (SELECT b.y FROM …), of two tables. */
function comparisons({ tokens }: SqlOutline, named: ReadonlyMap<string, TableInfo>): [Written, Written][] {
  const solid = tokens.flatMap(({ kind }, i) => (kind === "space" || kind === "comment" ? [] : [i]));
  return solid.flatMap((place, i) => {
    const token = tokens[place]!;
    const isIn = isWord(token, "in");
    if (token.text !== "=" && !isIn) return [];
    const isNot = isIn && isWord(tokens[solid[i - 1] ?? -1] ?? token, "not");
    const left = writtenAt({ tokens, solid, named }, isNot ? i - 2 : i - 1, -1);
    const inner = [1, 2].map((step) => tokens[solid[i + step] ?? -1]);
    if (isIn && !(inner[0]?.text === "(" && inner[1] && isWord(inner[1], "select"))) return [];
    const right = writtenAt({ tokens, solid, named }, isIn ? i + 3 : i + 1, 1);
    return left && right && left.of !== right.of ? [[left, right]] : [];
  });
}

interface Place {
  readonly tokens: readonly SqlToken[];
  readonly solid: readonly number[]; // places of tokens that are no space
  readonly named: ReadonlyMap<string, TableInfo>;
}

/** The column that begins (1) or ends (-1) at the i-th solid token. A bare name is of the one table that has it. */
function writtenAt({ tokens, solid, named }: Place, i: number, direction: 1 | -1): Written | undefined {
  const at = (j: number) => tokens[solid[j] ?? -1];
  const [near, dot, far] = [at(i), at(i + direction), at(i + 2 * direction)];
  const has = ({ columns }: TableInfo, token: SqlToken) =>
    columns.find(({ name }) => equal(name, unquoted(token)))?.name;
  if (dot?.text === ".") {
    const [owner, name] = direction === 1 ? [near, far] : [far, near];
    const of = owner && named.get(unquoted(owner).toLowerCase());
    if (!of || !owner || !name || !isName(name)) return undefined;
    const [first, last] = direction === 1 ? [i, i + 2] : [i - 2, i];
    const own = has(of, name);
    const column = { table: of.name, column: own ?? unquoted(name), isThere: own !== undefined };
    return { ...column, of, owner: `${owner.text}.`, from: solid[first]!, to: solid[last]! + 1 };
  }
  if (!near || !isName(near) || dot?.text === "(") return undefined;
  const owners = [...new Set(named.values())].filter((table) => has(table, near) !== undefined);
  const [of, ...more] = owners;
  const column = of && has(of, near);
  if (!of || column === undefined || more.length > 0) return undefined;
  return { of, table: of.name, column, isThere: true, owner: "", from: solid[i]!, to: solid[i]! + 1 };
}

function withTexts(tokens: readonly SqlToken[], texts: ReadonlyMap<Written, string>): string {
  const changed = [...texts].map(([{ from, to }, text]) => ({ from, to, text }));
  const kept = tokens.flatMap((token, i): SqlToken[] => {
    const one = changed.find(({ from, to }) => i >= from && i < to);
    if (!one) return [token];
    return i === one.from ? [{ kind: "sign", text: one.text }] : [];
  });
  return sqlText(kept);
}
