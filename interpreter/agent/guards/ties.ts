// "Which ward has the most cases?", and another one has as many: LIMIT 1 takes one of the two, and says nothing of it.
import type { SqlResult } from "../../sessions/session.ts";
import {
  isWord,
  listed,
  outlineOf,
  type SqlOutline,
  type SqlSelect,
  solid,
  tokensOf,
} from "../../sessions/sql/sql-outline.ts";
import { sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { rowsOf } from "../../tools/facts.ts";
import { cellText } from "../../tools/text-table.ts";
import { aggregatesIn, plainQuery } from "../rewrites/rewrite.ts";
import { withNotes } from "../run-call.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";
import { isDirection } from "./wrong-end.ts";

const MOST_ROWS = 20; // of the first of an order: more are a list
const MORE = 20; // rows that are looked at behind them
const TOLD = 3; // of those, by their names
const KEY = "tied_by"; // a column of what is looked at beside the query

/** The user is told of those that the order leaves out, and that are its equals. */
export function ties(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      const table = rowsOf(outcome.facts);
      const { session, signal } = task.options.context;
      const maxRows = MOST_ROWS + MORE;
      const look = (text: string) =>
        session.sql(text, { locked: true, isQuiet: true, maxRows, ...(signal && { signal }) });
      facts = [];
      if (query === undefined || !table) return undefined;
      const found =
        (await tieOf(query, table, look).catch(() => undefined)) ??
        (await tieOfCall(query, table, task, look).catch(() => undefined)) ??
        (await tieOfNumbering(query, table, look).catch(() => undefined));
      signal?.throwIfAborted();
      if (found === undefined) return undefined;
      facts = [found];
      return { instead: withNotes(outcome, [`(${found})`], []) };
    },
    atAnswer: (text) => otherQuestion(text, facts, false),
  };
}

type Look = (query: string) => Promise<SqlResult>;

/** Of ORDER BY ... LIMIT n: the rows behind the n-th, and before the first of OFFSET, that have its value. */
async function tieOf(query: string, table: SqlResult, look: Look): Promise<string | undefined> {
  const outline = outlineOf(query);
  const { outer, tokens } = outline;
  const limit = Number(sqlText(tokensOf(outline, outer, "limit")).trim());
  const skipped = Number(sqlText(tokensOf(outline, outer, "offset")).trim() || 0);
  if (!outer || limit !== table.rowCount || limit + skipped > MOST_ROWS || !(limit >= 1 && skipped >= 0))
    return undefined;
  const keys = orderOf(outline, outer, table);
  if (keys.length === 0 || tokens.slice(outer.range.to).some(({ kind }) => kind === "word")) return undefined;
  const at = outer.clauses.get("select")!.to;
  const limited = outer.clauses.get("limit")!;
  const looked = [
    sqlText(tokens.slice(0, at)).trimEnd(),
    ...keys.map(({ text }, i) => `, (${text}) AS ${KEY}${i}`),
    ` ${sqlText(tokens.slice(at, limited.from))} ${skipped + limit + MORE}`,
  ].join("");
  const { rows } = await look(looked);
  const last = rows[skipped + limit - 1];
  if (!last) return undefined;
  const isSame = (row: SqlResult["rows"][number]) => keys.every((_, i) => same(row[`${KEY}${i}`], last[`${KEY}${i}`]));
  const first = keys[0]!;
  return factOf(
    [...rows.slice(0, skipped), ...rows.slice(skipped + limit)].filter(isSame),
    table,
    first.name,
    last[`${KEY}0`],
  );
}

interface OrderKey {
  readonly text: string;
  readonly name: string; // as the result, or the query, calls it
}

/** What the rows are ordered by; names that put those that are equal in an order do not count. */
function orderOf(outline: SqlOutline, select: SqlSelect, { columns }: SqlResult): OrderKey[] {
  const order = select.clauses.get("order by");
  const parts = order ? listed(outline.tokens, order) : [];
  const keys = parts.map(({ from, to }): OrderKey & { readonly isText: boolean } => {
    const words = solid(outline.tokens.slice(from, to)).filter((token) => !isDirection(token));
    const written = sqlText(outline.tokens.slice(from, to).filter((token) => !isDirection(token))).trim();
    const place = /^\d+$/.test(written) ? Number(written) - 1 : -1;
    const item = select.items[place] ?? select.items.find((one) => sqlText(solid(one.expression)) === sqlText(words));
    const text = place >= 0 && item ? sqlText(item.expression).trim() : written;
    const name = columns[place]?.name ?? item?.alias ?? (words.length === 1 ? unquoted(words[0]!) : text);
    const type = columns.find((one) => one.name.toLowerCase() === name.toLowerCase())?.type;
    return { text, name, isText: type === "VARCHAR" };
  });
  const [first, ...more] = keys;
  return first ? [first, ...more.filter(({ isText }) => !isText)] : [];
}

/** Of arg_max(name, value), which gives one name however many have the value. */
async function tieOfCall(query: string, table: SqlResult, task: Task, look: Look): Promise<string | undefined> {
  const plain = plainQuery(query, { tables: await task.tables() });
  const calls = plain ? aggregatesIn(plain.outline.tokens) : [];
  const call = calls.find(({ name }) => /^(arg_?(max|min)|(max|min)_by)$/.test(name));
  if (!plain || !call || table.rowCount !== 1 || plain.select.clauses.has("group by")) return undefined;
  const [name, value, ...others] = listed(call.inside, { from: 0, to: call.inside.length }).map(({ from, to }) =>
    sqlText(call.inside.slice(from, to)),
  );
  if (name === undefined || value === undefined || others.length > 0) return undefined;
  const end = call.name.includes("max") ? "max" : "min";
  const filter = plain.where === "" ? "" : ` WHERE ${plain.where}`;
  const both = `SELECT ${name} AS name, ${value} AS value FROM ${plain.from}${filter}`;
  const { rows } = await look(
    `SELECT DISTINCT name, value FROM (${both}) WHERE value = (SELECT ${end}(value) FROM (${both})) ORDER BY 1 LIMIT ${MORE}`,
  );
  const told = new Set(Object.values(table.rows[0] ?? {}).map(cellText));
  const labels = rows.map((row) => cellText(row["name"])).filter((one) => !told.has(one));
  return rows.length < 2 || labels.length === 0 ? undefined : sentence(labels, labels.length, value, rows[0]!["value"]);
}

/** Of row_number() ... = 1, which takes one row of those that are equal: rank() gives all of them. */
async function tieOfNumbering(query: string, table: SqlResult, look: Look): Promise<string | undefined> {
  const tokens = sqlTokens(query);
  if (!tokens.some((token) => isWord(token, "row_number")) || table.rowCount > MOST_ROWS) return undefined;
  const number = outlineOf(query).selects.flatMap(({ items }) =>
    items.flatMap(({ expression, alias }) => (expression.some((token) => isWord(token, "row_number")) ? [alias] : [])),
  );
  const { rows } = await look(
    sqlText(tokens.map((token) => (isWord(token, "row_number") ? { ...token, text: "rank" } : token))),
  );
  const shown = table.columns.filter(({ name }) => !number.includes(name));
  const textOf = (row: SqlResult["rows"][number]) => shown.map(({ name }) => cellText(row[name])).join(", ");
  const told = new Set(table.rows.map(textOf));
  const others = rows.map(textOf).filter((text) => !told.has(text));
  if (others.length === 0 || rows.length >= MOST_ROWS + MORE) return undefined;
  const more = others.length > TOLD ? ", and others," : "";
  return `${others.slice(0, TOLD).join("; ")}${more} ${others.length === 1 ? "is" : "are"} equal in that order, and left out`;
}

/** None where what is shown is the same, too: the highest pay is one, whoever has it. */
function factOf(tied: SqlResult["rows"], table: SqlResult, name: string, value: unknown): string | undefined {
  const shown = table.columns.filter((column) => column.name.toLowerCase() !== name.toLowerCase());
  const textOf = (row: SqlResult["rows"][number]) => shown.map((column) => cellText(row[column.name])).join(", ");
  const told = new Set(table.rows.map(textOf));
  const others = tied.filter((row) => !told.has(textOf(row)));
  const label = shown.find(({ type }) => !isNumeric(type)) ?? shown[0];
  if (others.length === 0 || !label) return undefined;
  return sentence([...new Set(others.map((row) => cellText(row[label.name])))], others.length, name, value);
}

function sentence(labels: readonly string[], count: number, name: string, value: unknown): string {
  const more = count > Math.min(TOLD, labels.length) ? ", and others," : "";
  return `${labels.slice(0, TOLD).join(", ")}${more} ${count === 1 ? "has" : "have"} the same ${name}, ${cellText(value)}`;
}

function same(a: unknown, b: unknown): boolean {
  return a !== null && a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
