// Conditions of a query that no row fulfils, each asked alone: sex = 'female' of a column that says 'F'. Where one of them
// has no row the query finds nothing, and says nothing of why.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { RunQuery } from "../../charts/chart-data.ts";
import type { HeldValues, UnmetCondition } from "../../session.ts";
import { identifier, quoted } from "../database.ts";
import { conditionsOf, leavesOf, type QueryCondition } from "./query-conditions.ts";
import {
  allNodes,
  childrenOf,
  constantOf,
  isNode,
  NO_TABLE,
  queryTree,
  selectNode,
  selectText,
  type TreeNode,
} from "./query-tree.ts";

const MAX_CONDITIONS = 8; // of one query
const MAX_UNMET = 3; // more would not be read
const FEW = 6; // values of a column, all of which are told
const NEAREST = 4; // of many values
const OFTEN = 3; // rows that a value has on average, where the values of a column are kinds and not names
const MAX_LENGTH = 60; // characters of a value that is told

/** What DuckDB's own form has for it. */
const WRITTEN: readonly (readonly [RegExp, string])[] = [
  [/to_([a-z]+)s\(CAST\(trunc\(CAST\((\d+) AS DOUBLE\)\) AS [A-Z]+\)\)/g, "INTERVAL $2 $1"],
  [/\bmain\./g, ""],
  [/~~~/g, "GLOB"],
  [/!~~\*/g, "NOT ILIKE"],
  [/~~\*/g, "ILIKE"],
  [/!~~/g, "NOT LIKE"],
  [/~~/g, "LIKE"],
  [/"([a-z_][a-z0-9_]*)"/g, "$1"],
];

type NamedColumn = TreeNode & { readonly column_names: readonly string[] };

/** What one query is asked about. */
interface Asking {
  readonly parser: DuckDBConnection;
  readonly run: RunQuery;
}

/** @param run runs a query that reads, over the tables that the query names; it throws for one that does not fit */
export async function unmetConditions(
  query: string,
  parser: DuckDBConnection,
  run: RunQuery,
): Promise<UnmetCondition[]> {
  const tree = await queryTree(parser, query);
  const unmet: UnmetCondition[] = [];
  for (const condition of (tree ? conditionsOf(tree) : []).filter(mayBeUnmet).slice(0, MAX_CONDITIONS)) {
    if (unmet.length === MAX_UNMET || (unmet.length > 0 && condition.isTogether)) break;
    const found = await unmetIn(condition, { parser, run });
    if (found && !unmet.some(({ text }) => text === found.text)) unmet.push(found);
  }
  return unmet;
}

/** That a value is missing in no row is an answer, and what a subquery finds is held against its own conditions. */
function mayBeUnmet({ node }: QueryCondition): boolean {
  if (node["type"] === "JOIN") return true;
  const all = allNodes(node);
  const isOfNull = /^OPERATOR_IS_(NOT_)?NULL$/.test(String(node["type"]));
  return !isOfNull && !all.some((one) => one["class"] === "SUBQUERY") && all.some(isColumn);
}

async function unmetIn(condition: QueryCondition, asking: Asking): Promise<UnmetCondition | undefined> {
  const { node, ctes, from, leaves, grouped } = condition;
  const isJoin = node["type"] === "JOIN";
  const where = isJoin ? null : node;
  const constants = isJoin ? [] : constantsOf(node);
  for (const leaf of leaves) {
    const isMet = await hasRow(selectNode({ ctes, from: leaf, where }), asking);
    if (isMet === undefined) continue; // it is about another table, or about several
    if (isMet || constants.length === 0 || !(await hasRow(selectNode({ ctes, from: leaf }), asking))) return undefined;
    const held = await heldBy(condition, leaf, asking);
    return { text: await textOf(node, asking), of: "rows", constants, held };
  }
  if (grouped) {
    const isMet = await hasRow(
      { ...grouped, cte_map: { map: ctes }, where_clause: null, having: node, modifiers: [] },
      asking,
    );
    if (isMet !== false || !(await hasRow(selectNode({ ctes, from }), asking))) return undefined;
    return { text: await textOf(node, asking), of: "groups", constants, held: [] };
  }
  const isMet = await hasRow(selectNode({ ctes, from, where }), asking);
  if (isMet !== false) return undefined;
  const sides = isJoin ? [node["left"], node["right"]].filter(isNode) : leaves;
  for (const side of sides) if (!(await hasRow(selectNode({ ctes, from: side }), asking))) return undefined;
  const using = isJoin ? (node["using_columns"] as string[]) : []; // as: DuckDB's own form
  const on = isJoin && isNode(node["condition"]) ? node["condition"] : node;
  const text = using.length > 0 ? `USING (${using.join(", ")})` : await textOf(on, asking);
  const columns = using.length > 0 ? using.map(columnNamed) : columnsOf(on);
  const held = await heldByEach(columns, { ...condition, leaves: isJoin ? sides.flatMap(leavesOf) : leaves }, asking);
  return { text, of: "pairs", constants, held };
}

/** undefined where the query does not fit its tables. */
async function hasRow(node: TreeNode, { parser, run }: Asking): Promise<boolean | undefined> {
  try {
    const { rows } = await run(`${await selectText(parser, node)} LIMIT 1`, 1);
    return rows.length > 0;
  } catch {
    return undefined;
  }
}

/** What the condition's only column has: the values nearest to the condition's own first. */
async function heldBy(condition: QueryCondition, leaf: TreeNode, asking: Asking): Promise<HeldValues[]> {
  const columns = columnsOf(condition.node);
  const [column, ...others] = columns;
  if (!column || others.length > 0) return [];
  const held = await valuesOf(column, leaf, condition, asking);
  return held ? [held] : [];
}

/** Of two tables that do not fit each other. */
async function heldByEach(
  columns: readonly NamedColumn[],
  condition: QueryCondition,
  asking: Asking,
): Promise<HeldValues[]> {
  const found: HeldValues[] = [];
  for (const column of columns)
    for (const leaf of condition.leaves) {
      const held = await valuesOf(column, leaf, condition, asking);
      const table = leaf["table_name"];
      const name = typeof table === "string" ? `${held?.name} of ${table}` : column.column_names.join(".");
      if (held) found.push({ ...held, name });
    }
  return found;
}

async function valuesOf(
  column: NamedColumn,
  leaf: TreeNode,
  { node, ctes }: QueryCondition,
  { parser, run }: Asking,
): Promise<HeldValues | undefined> {
  const name = column.column_names.at(-1)!;
  try {
    const from = `(${await selectText(parser, selectNode({ ctes, from: leaf, items: [column] }))}) AS held(value)`;
    const about = "any_value(typeof(value)) AS type, min(value)::VARCHAR AS least, max(value)::VARCHAR AS most";
    const seldom = `${OFTEN} * count(DISTINCT value) > count(value) AS is_seldom`;
    const {
      rows: [all],
    } = await run(`SELECT ${about}, ${seldom} FROM ${from}`, 1);
    if (all?.["type"] !== "VARCHAR") {
      const { least, most } = all ?? {};
      return typeof least === "string" ? { name, values: [], range: [least, String(most)] } : undefined;
    }
    const [wanted = ""] = constantsOf(node).map(bare);
    const near = `jaro_winkler_similarity(lower(left(value, ${MAX_LENGTH})), lower(${quoted(wanted)}))`;
    const query = `SELECT value FROM (SELECT DISTINCT value FROM ${from} WHERE value IS NOT NULL) ORDER BY ${near} DESC, value`;
    const { rows } = await run(`${query} LIMIT ${FEW + 1}`, FEW + 1);
    const values = rows.map(({ value }) => String(value).slice(0, MAX_LENGTH));
    if (values.length <= FEW) return { name, values };
    return { name, values: values.slice(0, NEAREST), isMore: true, isSeldom: all["is_seldom"] === true };
  } catch {
    return undefined;
  }
}

/** The condition as people write it. */
async function textOf(node: TreeNode, { parser }: Asking): Promise<string> {
  const text = (await selectText(parser, selectNode({ ctes: [], from: NO_TABLE, items: [node] }))).replace(
    /^SELECT /,
    "",
  );
  const inside = /^\((.*)\)$/s.exec(text)?.[1];
  const plain = inside === undefined || !isBalanced(inside) ? text : inside;
  return plain
    .replace(/CAST\(('(?:[^']|'')*') AS [A-Z]+\)/g, "$1")
    .split(/('(?:[^']|'')*')/)
    .map((part, i) => (i % 2 === 1 ? part : WRITTEN.reduce((own, [sign, word]) => own.replace(sign, word), part)))
    .join("");
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const sign of text.replace(/'(?:[^']|'')*'/g, "")) {
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Texts and numbers that it compares with. */
function constantsOf(node: TreeNode): string[] {
  const isTruth = ({ cast_type: type }: TreeNode) => isNode(type) && type["id"] === "BOOLEAN";
  const truths = allNodes(node).filter(isTruth).flatMap(childrenOf);
  return allNodes(node).flatMap((one) => (truths.includes(one) ? [] : (constantOf(one) ?? [])));
}

/** '%Paris%' -> 'Paris' */
function bare(text: string): string {
  return text.replace(/^[%_^]+|[%_$]+$/g, "");
}

function columnsOf(node: TreeNode): NamedColumn[] {
  const columns = allNodes(node).filter(isColumn);
  const names = columns.map(({ column_names }) => column_names.map(identifier).join(".").toLowerCase());
  return columns.filter((_, i) => names.indexOf(names[i]!) === i);
}

function columnNamed(name: string): NamedColumn {
  return { class: "COLUMN_REF", type: "COLUMN_REF", alias: "", query_location: 0, column_names: [name] };
}

function isColumn(node: TreeNode): node is NamedColumn {
  return node["class"] === "COLUMN_REF" && Array.isArray(node["column_names"]);
}
