// "Which station had the highest mean?" by station_id, where another table says what each station is called.
import { asksForName } from "../../languages/measures.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isWord, listed, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric, stemOf, withoutIdentifier } from "../../sessions/table-info.ts";
import { type Asked, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";

const NAME =
  /(?:^|[_ ])(?:name|title|label|titel|bezeichnung|nombre|título|titulo|nom|titre|libellé)$|(?:名称|名字|名前|姓名|氏名|题名|題名)$/iu;
const ASKS_FOR_NAMES = /\bnames?\b|\bNamen?\b|\bnombres?\b|\bnoms?\b|heißen|heißt|s'appelle|se llama|名字|名称|名前/iu;
const ASKS_FOR_IDS =
  /\b(?:ids?|codes?|numbers?|keys?|Nummern?|Kennung\w*|números?|códigos?|numéros?|identifi\w+)\b|编号|编码|番号|コード/iu;

/** SELECT station_id, avg(pm) ... -> SELECT <its name> AS name, station_id, avg(pm) ... */
export const namesOfIds: Rewrite = async (query, asked) => {
  const { question, result } = asked;
  const isAsked = (asksForName(question) || ASKS_FOR_NAMES.test(question)) && !ASKS_FOR_IDS.test(question);
  const plain = isAsked && (result?.rowCount ?? 0) > 0 ? plainQuery(query, asked) : undefined;
  if (!plain) return undefined;
  const shown = plain.select.items.map(({ expression }) =>
    solid(expression).filter((token) => !isWord(token, "distinct")),
  );
  const [id, ...others] = shown.filter((expression) => isIdentifier(columnOf(expression) ?? ""));
  const key = id && columnOf(id);
  if (!id || key === undefined || others.length > 0) return undefined;
  const named = await namedBy(key, plain, asked);
  if (!named || showsTextOf(named.table, plain)) return undefined;
  const { table, column, name } = named;
  const call = `(SELECT any_value(named_by) FROM (SELECT ${identifier(column)} AS named_id, ${identifier(name)} AS named_by FROM ${table.name}) WHERE named_id = ${sqlText(id)}) AS ${identifier(name)}`;
  return { query: withItem(plain, call), note: `(${key} is named by ${name} of ${table.name})` };
};

interface NamedBy {
  readonly table: TableInfo;
  readonly column: string; // that has each id once
  readonly name: string;
}

/** The only table that has each id once, and one name for it. */
async function namedBy(key: string, plain: PlainQuery, { tables, look }: Asked): Promise<NamedBy | undefined> {
  const type = plain.tables.flatMap(({ columns }) => columns).find(({ name }) => equal(name, key))?.type ?? "";
  const found: NamedBy[] = [];
  for (const table of tables) {
    const column = table.columns.find(({ name }) => equal(name, key) || (/^id$/i.test(name) && isOf(table, key)));
    const names = table.columns.filter((one) => one.type === "VARCHAR" && NAME.test(one.name) && one !== column);
    if (!column || names.length !== 1 || isNumeric(column.type) !== isNumeric(type)) continue;
    const one = identifier(column.name);
    const { rows } = await look(`SELECT count(${one}) = count(DISTINCT ${one}) AS once FROM ${table.name}`);
    if (rows[0]?.["once"] === true) found.push({ table, column: column.name, name: names[0]!.name });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** stations.csv of station_id */
function isOf(table: TableInfo, key: string): boolean {
  const [stem, one] = [stemOf(table).toLowerCase(), withoutIdentifier(key).toLowerCase()];
  return one.length > 2 && [one, `${one}s`, `${one}es`, `${one}n`, `${one}en`].includes(stem);
}

/** A text of the table is shown: it may be what the id is called. */
function showsTextOf({ columns }: TableInfo, { select }: PlainQuery): boolean {
  const texts = columns.filter(({ name, type }) => type === "VARCHAR" && !isIdentifier(name));
  return select.items.some(({ expression }) => {
    const name = columnOf(expression);
    return expression.some(({ text }) => text === "*") || texts.some((one) => equal(one.name, name ?? ""));
  });
}

/** In front; behind all others where the query names items by their places. */
function withItem({ outline: { tokens }, select }: PlainQuery, call: string): string {
  const isByPlace = (["group by", "order by"] as const).some((clause) => {
    const range = select.clauses.get(clause);
    const keys = range ? listed(tokens, range) : [];
    return keys.some(({ from, to }) => solid(tokens.slice(from, to))[0]?.kind === "number");
  });
  const own = select.clauses.get("select")!;
  const isDistinct = /^distinct$/i.test(solid(tokens.slice(own.from, own.to))[0]?.text ?? "");
  const at = isByPlace || isDistinct ? own.to : select.items[0]!.range.from;
  const before = sqlText(tokens.slice(0, at)).trimEnd();
  const behind = sqlText(tokens.slice(at)).trimStart();
  return isByPlace || isDistinct ? `${before}, ${call} ${behind}` : `${before} ${call}, ${behind}`;
}
