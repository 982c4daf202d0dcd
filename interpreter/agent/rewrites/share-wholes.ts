// "What share of the flights from Oslo were late?", as a share of all flights: those from Oslo are the whole.
import { saysInAnyLanguage } from "../../languages/index.ts";
import { isWord, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText } from "../../sessions/sql/sql-tokens.ts";
import { cellText } from "../../tools/text-table.ts";
import { aggregatesIn, plainQuery, type Rewrite } from "./rewrite.ts";
import { conditionsIn } from "./text-conditions.ts";

const VERB =
  /(?<!\p{L})(?:is|are|was|were|has|have|had|ist|sind|war|waren|wurden?|haben|hatten|est|sont|était|étaient|(?:a|ont) été|es|son|fue|fueron|era|eran|están?|tienen?)(?!\p{L})/iu;
const PLACE =
  /(?<!\p{L})(?:in|at|from|of|for|within|bei|aus|auf|von|für|à|au|aux|en|dans|de|du|pour|desde|para)(?: (?:the|der|die|das|dem|den|la|le|les|el|los|las))? ["'«“]?$|(?<!\p{L})[dl]['’]$/iu;

/** 100 * count(*) FILTER (WHERE origin = 'Oslo' AND late) / count(*) -> ... FILTER (WHERE late) / count(*) ... WHERE origin = 'Oslo' */
export const shareWholes: Rewrite = (query, { question, result, ...asked }) => {
  const plain = plainQuery(query, asked);
  if (plain?.where !== "" || plain.select.clauses.has("group by")) return undefined;
  if (saysInAnyLanguage(question, ({ all }) => all)) return undefined;
  const { tokens } = plain.outline;
  const counts = aggregatesIn(tokens);
  const filter = filterOf(tokens);
  if (counts.length !== 2 || !counts.every(({ name }) => name === "count") || !filter) return undefined;
  const parts = conjuncts(tokens, filter);
  const whole = parts.filter((part) => isWhole(part, question));
  const [only, ...others] = whole;
  if (!only || others.length > 0 || parts.length < 2) return undefined;
  const rest = parts.filter((part) => part !== only).map((part) => sqlText(part).trim());
  const condition = sqlText(only).trim();
  const from = plain.select.clauses.get("from")!;
  const list = `${sqlText(tokens.slice(0, filter.from))}${rest.join(" AND ")}${sqlText(tokens.slice(filter.to, from.to)).trimEnd()}`;
  const before = Object.values(result?.rows[0] ?? {})[0];
  const ofAll = typeof before === "number" ? `; of all rows it is ${cellText(before)}` : "";
  return {
    query: `${list} WHERE ${condition} ${sqlText(tokens.slice(from.to))}`.trim(),
    note: `(the share is of the rows where ${condition}${ofAll})`,
  };
};

/** What stands in the only FILTER (WHERE ...). */
function filterOf(tokens: readonly SqlToken[]): { from: number; to: number } | undefined {
  const places = tokens.flatMap((token, i) => (isWord(token, "filter") ? [i] : []));
  const where = tokens.findIndex((token, i) => i > (places[0] ?? tokens.length) && isWord(token, "where"));
  if (places.length !== 1 || where < 0) return undefined;
  let depth = 1;
  const to = tokens.findIndex(({ text }, i) => {
    if (i > where) depth += text === "(" ? 1 : text === ")" ? -1 : 0;
    return i > where && depth === 0;
  });
  return to < 0 ? undefined : { from: where + 1, to };
}

/** None where one of several is enough. */
function conjuncts(tokens: readonly SqlToken[], { from, to }: { from: number; to: number }): SqlToken[][] {
  const own = tokens.slice(from, to);
  if (own.some((token) => isWord(token, "or", "between"))) return [];
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  for (const token of own) {
    depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    if (depth === 0 && isWord(token, "and")) parts.push([{ kind: "space", text: " " }]);
    else parts.at(-1)!.push(token);
  }
  return parts
    .filter((part) => solid(part).length > 0)
    .map((part, i) => (i === 0 ? [{ kind: "space", text: " " }, ...part] : part));
}

/** A text that the question names before it says what holds of the rows, or as where they are from. */
function isWhole(part: readonly SqlToken[], question: string): boolean {
  const [condition, ...others] = conditionsIn(part);
  if (!condition || others.length > 0 || condition.isNot || condition.text === undefined) return false;
  const at = question.toLowerCase().indexOf(condition.text.toLowerCase());
  const before = question.slice(0, Math.max(at, 0));
  return at >= 0 && /\p{Script=Latin}/u.test(before) && (!VERB.test(before) || PLACE.test(before));
}
