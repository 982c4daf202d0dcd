// "Who is the tallest person of each group?", and the query lists all persons by their height: of each group those that
// come first are meant.
import { saysInAnyLanguage } from "../../languages/index.ts";
import { groupWords } from "../../languages/measures.ts";
import { listed, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { aggregatesIn, columnOf, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";

const OTHERWISE = ["group by", "having", "qualify", "limit"] as const;

/** ... ORDER BY height DESC -> ... QUALIFY rank() OVER (PARTITION BY team ORDER BY height DESC) = 1 ORDER BY team */
export const firstOfEach: Rewrite = (query, { question, result, ...asked }) => {
  const plain = endOfEach(question) ? plainQuery(query, asked) : undefined;
  const order = plain?.select.clauses.get("order by");
  if (!result || !plain || !order || OTHERWISE.some((clause) => plain.select.clauses.has(clause))) return undefined;
  const { outline, select } = plain;
  const { tokens } = outline;
  if (aggregatesIn(tokens).length > 0 || tokens.some(({ text }) => /^over$/i.test(text))) return undefined;
  const words = groupWords(question);
  const [group, ...others] = select.items.filter(({ expression }) => {
    const name = columnOf(expression);
    return name !== undefined && words.some((one) => isNamedIn(name, one));
  });
  if (!group || others.length > 0) return undefined;
  const at = result.columns[select.items.indexOf(group)]?.name;
  const values = result.rows.map((row) => (at === undefined ? undefined : String(row[at])));
  if (new Set(values).size === values.length) return undefined; // each comes once
  const key = sqlText(solid(group.expression));
  const terms = listed(tokens, order).map(({ from, to }) => sqlText(tokens.slice(from, to)).trim());
  const own = terms.filter((term) => term.replace(/\s+(asc|desc)$/i, "") !== key);
  if (own.length === 0) return undefined;
  const before = sqlText(tokens.slice(0, order.start)).trimEnd();
  const first = `rank() OVER (PARTITION BY ${key} ORDER BY ${own.join(", ")}) = 1`;
  return {
    query: `${before} QUALIFY ${first} ORDER BY ${key}`,
    note: `(of each ${columnOf(group.expression)} those that come first by ${own.join(", ")})`,
  };
};

const NUMBER_ONE: readonly RegExp[] = [
  /\b(?:number one|no\. ?1)\b/iu,
  /\b(?:Nummer eins|Spitzenreiter\w*|Platz 1)\b/iu,
  /\b(?:número uno|primer puesto|primer lugar)\b/iu,
  /(?<!\p{L})(?:numéro un|première place)(?!\p{L})/iu,
  /第一名|排第一|冠军/u,
  /[一1]位|トップ/u,
];

/** The highest or the lowest of each; where a place is said, it is counted from the highest. */
export function endOfEach(question: string, isRanked = false): "most" | "least" | undefined {
  if (!saysInAnyLanguage(question, ({ each }) => each)) return undefined;
  const isFirst = isRanked || NUMBER_ONE.some((words) => words.test(question));
  const isMost = saysInAnyLanguage(question, ({ most }) => most);
  const isLeast = saysInAnyLanguage(question, ({ least }) => least);
  if (isMost === isLeast) return !isMost && isFirst ? "most" : undefined;
  return isMost ? "most" : "least";
}
