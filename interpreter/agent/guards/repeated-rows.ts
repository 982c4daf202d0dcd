// A join by a column that has values more than once repeats the rows of the other table: their sum, mean or share is another.

import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { inWriting, type KeyWriting } from "../../sessions/sql/join-key.ts";
import { equality, type Source } from "../../sessions/sql/sql-sources.ts";
import { unquoted } from "../../sessions/sql/sql-tokens.ts";
import { stemOf } from "../../sessions/table-info.ts";
import { aggregatesIn, type PlainQuery, plainQuery } from "../rewrites/rewrite.ts";
import type { Task } from "../task.ts";
import { isUnique, type TableColumn } from "../unique-column.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const ALONE = /^(min|max|arg_?max|arg_?min|max_by|min_by|any_value|first|last|bool_\w+)$/; // the same, however often a row comes

/** The user is told. */
export function repeatedRows(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      const plain = query === undefined ? undefined : plainQuery(query, { tables: await task.tables() });
      facts = plain && plain.sources.length > 1 ? await repeatedIn(plain, task) : [];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, false),
  };
}

/** Of the tables whose rows are computed with, or of all where rows are counted. */
async function repeatedIn(plain: PlainQuery, task: Task): Promise<string[]> {
  const calls = aggregatesIn(plain.outline.tokens).filter(
    ({ name, inside }) => !ALONE.test(name) && !/^distinct$/i.test(inside[0]?.text ?? ""),
  );
  if (calls.length === 0) return [];
  const repeated = new Set<TableInfo>();
  for (const [i, source] of plain.sources.entries()) {
    const sides = i === 0 ? undefined : sidesOf(plain, source, i);
    if (!sides) continue;
    const [own, other] = sides;
    if (!(await isUnique(own, task.look))) repeated.add(other.table);
    if (!(await isUnique(other, task.look))) repeated.add(own.table);
  }
  const columnsOf = ({ columns }: TableInfo) => columns.map(({ name }) => name.toLowerCase());
  const used = calls.flatMap(({ inside }) => inside.map((token) => unquoted(token).toLowerCase()));
  const isComputed = (table: TableInfo) => {
    const others = plain.tables.filter((one) => one !== table).flatMap(columnsOf);
    return columnsOf(table).some((name) => used.includes(name) && !others.includes(name));
  };
  const computed = [...new Set(plain.tables)].filter(isComputed);
  const counted = computed.length > 0 ? computed : plain.tables;
  return counted.every((table) => repeated.has(table))
    ? [`the join repeats rows of ${counted[0]!.name}, so that they are taken more than once`]
    : [];
}

/** A side of a join, and by which writing the two are compared. */
export interface JoinSide extends TableColumn {
  readonly writing?: KeyWriting | undefined;
}
export type JoinSides = readonly [JoinSide, JoinSide];

/** How many rows of a side's table have no row in the other's. @param look runs a query beside the model's */
export async function rowsWithoutPartner(
  of: JoinSide,
  other: JoinSide,
  look: (query: string) => Promise<SqlResult>,
): Promise<number> {
  const key = (owner: string, { column }: JoinSide) => inWriting(of.writing, `${owner}.${identifier(column)}`);
  const { rows } = await look(
    `SELECT count(*) AS n FROM ${of.table.name} AS m WHERE NOT EXISTS (SELECT 1 FROM ${other.table.name} AS o WHERE ${key("o", other)} = ${key("m", of)})`,
  );
  return Number(rows[0]?.["n"] ?? 0);
}

/** The joined table's column, and the one of a table before it. */
export function sidesOf({ sources, tables }: PlainQuery, { on, using }: Source, i: number): JoinSides | undefined {
  const [own, before] = [tables[i]!, tables.slice(0, i)];
  const has = ({ columns }: TableInfo, column: string) =>
    columns.some(({ name }) => name.toLowerCase() === column.toLowerCase());
  const [name] = using;
  if (name !== undefined && using.length === 1) {
    const other = before.find((table) => has(table, name));
    return (
      other && [
        { table: own, column: name },
        { table: other, column: name },
      ]
    );
  }
  const sides = equality(on)?.map(
    ({ owner, column, writing }): (JoinSide & { readonly isOwn: boolean }) | undefined => {
      const names = (source: Source, table: TableInfo) => [source.alias ?? source.table, stemOf(table)];
      const at = sources.findIndex((source, j) => {
        if (j > i || !has(tables[j]!, column)) return false;
        return owner === "" || names(source, tables[j]!).some((one) => one.toLowerCase() === owner.toLowerCase());
      });
      return at < 0 ? undefined : { table: tables[at]!, column, writing, isOwn: at === i };
    },
  );
  const [a, b] = sides ?? [];
  if (!a || !b || a.isOwn === b.isOwn) return undefined;
  return a.isOwn ? [a, b] : [b, a];
}
