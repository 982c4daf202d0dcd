// "What is the mean rent of the T2?", and the query lists the rents: the mean, the median or the sum of the list was asked.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { askedNumber, groupWords } from "../../languages/measures.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { withFilter } from "../guards/with-filter.ts";
import { extremeGroups } from "../sql-shapes.ts";
import { type Asked, aggregatesIn, columnOf, type PlainQuery, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn, mayBeNamedIn } from "./spoken.ts";

/** SELECT rent FROM flats WHERE type = 'T2' -> SELECT avg(rent) FROM flats WHERE type = 'T2', by groups where those are named. */
export const listedMeasures: Rewrite = async (query, asked) => {
  const plain = plainQuery(query, asked);
  const computes = functionAsked(asked.question);
  const listed = plain && listedIn(plain, asked.question);
  if (!computes || !listed || holdsIt(plain, asked.question)) return undefined;
  const { measure, keys } = listed;
  const note = `(${computes === "sum" ? "a total" : computes === "avg" ? "a mean" : "a median"} was asked for: it is computed of ${measure})`;
  if (isExtreme(asked.question)) {
    const whole = keys.length > 0 ? await extremeOf(plain, asked) : undefined;
    return whole === undefined ? undefined : { query: whole, note };
  }
  const words = groupWords(asked.question);
  const groups = keys.filter((key) => words.some((one) => isNamedIn(key, one)));
  if (groups.length === 0 && (words.length > 0 || asksFor(asked.question, "groups"))) return undefined;
  const names = groups.map(identifier);
  const filter = plain.where === "" ? "" : ` WHERE ${plain.where}`;
  const list = [...names, `${computes}(${identifier(measure)})`].join(", ");
  return {
    query: `SELECT ${list} FROM ${plain.from}${filter}${names.length === 0 ? "" : ` GROUP BY ${names.join(", ")}`}`,
    note,
  };
};

/** The one function of several rows that a question asks for. */
function functionAsked(question: string): "avg" | "median" | "sum" | undefined {
  const isMedian = saysInAnyLanguage(question, ({ functions }) => functions.median);
  const asked = [isMedian && "median", asksFor(question, "mean") && "avg", asksFor(question, "total") && "sum"];
  const [computes, ...others] = asked.filter((one) => one !== false);
  return others.length === 0 && askedNumber(question) === undefined ? (computes as "avg" | undefined) : undefined; // as: one of these
}

/** Plain columns of rows as they stand, one of which is a number that the question names, or the only column. */
function listedIn({ outline, select, tables }: PlainQuery, question: string) {
  const others = (["group by", "having", "qualify", "limit"] as const).some((clause) => select.clauses.has(clause));
  const isExtremeList = select.clauses.has("limit") && !select.clauses.has("group by") && isExtreme(question);
  if ((others && !isExtremeList) || aggregatesIn(outline.tokens).length > 0) return undefined;
  const all = tables.flatMap(({ columns }) => columns);
  const columns = select.items.map(({ expression }) => {
    const name = columnOf(expression)?.toLowerCase();
    return all.find((one) => one.name.toLowerCase() === name);
  });
  const known = columns.filter((column) => column !== undefined);
  const [measure, ...more] = known.filter(({ type }) => isNumeric(type));
  const isMeant = measure && (known.length === 1 || mayBeNamedIn(measure.name, question));
  if (!isMeant || more.length > 0 || known.length < columns.length) return undefined;
  return { measure: measure.name, keys: known.filter((one) => one !== measure).map(({ name }) => name) };
}

/** A column that is called so may hold means or totals already. */
function holdsIt({ tables }: PlainQuery, question: string): boolean {
  const names = tables.flatMap(({ columns }) => columns.map(({ name }) => name.replaceAll("_", " ")));
  return (["mean", "total"] as const).some((one) => asksFor(question, one) && names.some((name) => asksFor(name, one)));
}

function isExtreme(question: string): boolean {
  const ends = saysInAnyLanguage(question, ({ most }) => most) || saysInAnyLanguage(question, ({ least }) => least);
  return ends || asksFor(question, "top");
}

/** The groups with the highest or lowest, of the rows that the query chose. */
async function extremeOf({ where }: PlainQuery, { question, tables }: Asked): Promise<string | undefined> {
  const shape = await extremeGroups(question, async () => tables);
  return shape === undefined || where === "" ? shape : withFilter(shape, where);
}
