// DuckDB's own tree of a query, and queries written from parts of it.
import { randomUUID } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";

/** A part of the tree: a SELECT, a table, an expression. */
export type TreeNode = { readonly [name: string]: unknown };

const EXACT = 15; // digits that a JavaScript number holds
const MARK = randomUUID(); // of longer numbers, which are kept as texts
const JSON_PART = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const ONE: TreeNode = {
  class: "CONSTANT",
  type: "VALUE_CONSTANT",
  alias: "",
  query_location: 0,
  value: { type: { id: "INTEGER", type_info: null }, is_null: false, value: 1 },
};

/** Of a SELECT without FROM: a tree that lacks it ends DuckDB's process. */
export const NO_TABLE: TreeNode = { type: "EMPTY", alias: "", sample: null, query_location: 0 };

/** @returns undefined where the text is no single SELECT to DuckDB */
export async function queryTree(parser: DuckDBConnection, query: string): Promise<TreeNode | undefined> {
  const result = await parser.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [query]);
  const text = String(result.getRows()[0]?.[0]).replace(JSON_PART, (part) =>
    part.startsWith('"') || part.length <= EXACT ? part : `"${MARK}${part}"`,
  );
  const { error, statements = [] } = JSON.parse(text) as { error: boolean; statements?: { node: TreeNode }[] }; // as: DuckDB's own form
  return error || statements.length !== 1 ? undefined : statements[0]!.node;
}

/** A SELECT as SQL. */
export async function selectText(parser: DuckDBConnection, node: TreeNode): Promise<string> {
  const tree = JSON.stringify({ error: false, statements: [{ node, named_param_map: [] }] });
  const exact = tree.replaceAll(new RegExp(`"${MARK}([^"]*)"`, "g"), "$1");
  const result = await parser.runAndReadAll("SELECT json_deserialize_sql($1::JSON)", [exact]);
  return String(result.getRows()[0]?.[0]).replace(/;\s*$/, "");
}

/** SELECT items FROM a table WHERE a condition; 1 where no items are given. */
export function selectNode(given: {
  readonly ctes: readonly unknown[];
  readonly from: TreeNode;
  readonly where?: TreeNode | null;
  readonly items?: readonly TreeNode[];
}): TreeNode {
  return {
    type: "SELECT_NODE",
    modifiers: [],
    cte_map: { map: given.ctes },
    select_list: given.items ?? [ONE],
    from_table: given.from,
    where_clause: given.where ?? null,
    group_expressions: [],
    group_sets: [],
    aggregate_handling: "STANDARD_HANDLING",
    having: null,
    sample: null,
    qualify: null,
  };
}

/** A constant's value: a text, a number with all of its digits; undefined of what is neither. */
export function constantOf({ class: kind, value: constant }: TreeNode): string | undefined {
  if (kind !== "CONSTANT" || !isNode(constant) || constant["is_null"] !== false) return undefined;
  const { type, value } = constant;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const digits = String(value).replace(MARK, "");
  const scale = isNode(type) && type["id"] === "DECIMAL" && isNode(type["type_info"]) ? type["type_info"]["scale"] : 0;
  return scale ? String(Number(digits) / 10 ** Number(scale)) : digits;
}

export function isNode(value: unknown): value is TreeNode {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The nodes right below this one. */
export function childrenOf(node: TreeNode): TreeNode[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));
}

/** A node and all below it, in the order of the text. */
export function allNodes(node: TreeNode): TreeNode[] {
  const found: TreeNode[] = [];
  for (let open = [node]; open.length > 0; ) {
    const next = open.pop()!;
    found.push(next);
    open.push(...childrenOf(next).reverse());
  }
  return found;
}
