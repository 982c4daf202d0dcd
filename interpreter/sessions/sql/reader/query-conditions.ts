// The conditions of a query, wherever they stand: each of those that have to hold together by itself, with the tables whose
// rows it is about.
import { childrenOf, isNode, type TreeNode } from "./query-tree.ts";

export interface QueryCondition {
  readonly node: TreeNode;
  readonly ctes: readonly unknown[]; // that its tables may name
  readonly from: TreeNode;
  /** The tables of `from`, each by itself. */
  readonly leaves: readonly TreeNode[];
  /** Of HAVING: the SELECT whose groups it is about. */
  readonly grouped?: TreeNode;
  /** All conditions of a join, each of which may be met by itself. */
  readonly isTogether?: true;
}

const LIKE = /^(!?~~\*?|!?~~~|regexp_matches|regexp_full_match|contains|starts_with|ends_with|prefix|suffix)$/;

export function conditionsOf(tree: TreeNode): QueryCondition[] {
  return selectsIn(tree, []).flatMap(({ select, ctes }) => ofSelect(select, ctes));
}

interface Scoped {
  readonly select: TreeNode;
  readonly ctes: readonly unknown[];
}

/** The innermost first: where a subquery finds nothing, what is around it finds nothing either. */
function selectsIn(node: TreeNode, outer: readonly unknown[]): Scoped[] {
  const own = isNode(node["cte_map"]) && Array.isArray(node["cte_map"]["map"]) ? node["cte_map"]["map"] : [];
  const names = new Set(own.map(({ key }) => key));
  const ctes = [...outer.filter((one) => !names.has((one as { key: string }).key)), ...own]; // as: of the same list
  const inner = childrenOf(node).flatMap((child) => selectsIn(child, ctes));
  return node["type"] === "SELECT_NODE" ? [...inner, { select: node, ctes }] : inner;
}

function ofSelect(select: TreeNode, ctes: readonly unknown[]): QueryCondition[] {
  const { from_table: from, where_clause: where, having, select_list: items } = select;
  if (!isNode(from) || from["type"] === "EMPTY") return [];
  const leaves = leavesOf(from);
  const of = (node: TreeNode) => ({ node, ctes, from, leaves });
  return [
    ...joinsIn(from).flatMap((join) => ofJoin(join, ctes)),
    ...conjuncts(where).map(of),
    ...(Array.isArray(items) ? items : []).filter(isNode).flatMap(conditionsWithin).map(of),
    ...conjuncts(having).map((node) => ({ ...of(node), grouped: select })),
  ];
}

/** What has to hold, all of it: a AND (b AND c). */
function conjuncts(node: unknown): TreeNode[] {
  if (!isNode(node)) return [];
  return node["type"] === "CONJUNCTION_AND" ? childrenOf(node).flatMap(conjuncts) : [node];
}

/** FILTER (WHERE a), CASE WHEN a THEN, avg(a): what a computation takes its rows by. */
function conditionsWithin(node: TreeNode): TreeNode[] {
  if (node["class"] === "SUBQUERY") return []; // it has its own
  return isCondition(node) ? conjuncts(node) : childrenOf(node).flatMap(conditionsWithin);
}

function isCondition({ class: kind, type, function_name: name }: TreeNode): boolean {
  if (kind === "COMPARISON" || kind === "CONJUNCTION" || kind === "BETWEEN") return true;
  return type === "COMPARE_IN" || type === "OPERATOR_NOT" || (typeof name === "string" && LIKE.test(name));
}

export function leavesOf(from: TreeNode): TreeNode[] {
  return from["type"] === "JOIN" ? [from["left"], from["right"]].filter(isNode).flatMap(leavesOf) : [from];
}

function joinsIn(from: TreeNode): TreeNode[] {
  return from["type"] === "JOIN" ? [...[from["left"], from["right"]].filter(isNode).flatMap(joinsIn), from] : [];
}

/** ON, and USING, which is a condition of the tables themselves. */
function ofJoin(join: TreeNode, ctes: readonly unknown[]): QueryCondition[] {
  const leaves = leavesOf(join);
  const { using_columns: using, condition } = join;
  if (Array.isArray(using) && using.length > 0)
    return [{ node: join, ctes, from: { ...join, join_type: "INNER" }, leaves: [] }];
  const apart = { ...join, condition: null, join_type: "INNER", ref_type: "CROSS" };
  const all = conjuncts(condition).map((node) => ({ node, ctes, from: apart, leaves }));
  const inner = { ...join, join_type: "INNER" };
  return all.length < 2 ? all : [...all, { node: join, ctes, from: inner, leaves: [], isTogether: true }];
}
