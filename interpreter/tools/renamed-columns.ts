// A model that is asked for what no column holds takes another one and calls it by the name that was asked for:
// avg(flipper_length) AS average_age. The query runs, and its answer is wrong in every digit.
import { withoutCamelCase } from "../name-words.ts";
import { outlineOf, solid } from "../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../sessions/sql/sql-tokens.ts";

/** Words of an alias that say how something was computed, or of what kind it is, and not what it is. */
const HOW = new Set(
  (
    "a absolute all and answer any average averages avg bigger biggest by change compared coefficient correlation corr count counts cumulative day " +
    "date decimal dev deviation diff difference each earliest equal false first for greater greatest higher highest hour in index is larger largest last latest " +
    "least less longest lower lowest max maximum mean median min minimum minute minutes month months more most moving n name no num number " +
    "of or p per percent percentage percentile position quarter rank range rate ratio result rolling row rounded running same sample second share " +
    "shortest smaller smallest sorted standard statistic std stddev sum than the times to top total true value values var variance week weekday " +
    "what which with year years coef iqr kurtosis mode outlier outliers quantile quartile skew skewness"
  ).split(" "),
);
const NOT_COLUMNS =
  /^(as|and|or|not|is|null|case|when|then|else|end|distinct|cast|filter|where|over|partition|order|by|double|float|real|integer|bigint|int|varchar|decimal|date|timestamp|interval|true|false|in|between|like|ilike|asc|desc)$/i;

export interface RenamedColumn {
  readonly alias: string;
  readonly expression: string; // as the query has it
  readonly asked: string; // the words of the alias that say what it should be: "age"
}

/** What a query's first list selects under a name that has no word of what it is computed from. */
export function renamedColumns(query: string): RenamedColumn[] {
  return (outlineOf(query).selects[0]?.items ?? []).flatMap(({ expression, alias }) => {
    if (alias === undefined) return [];
    const names = columnNames(expression);
    const asked = wordsOf(alias).filter((word) => !HOW.has(word) && /^[a-z]+$/.test(word));
    const known = [...names.flatMap(wordsOf), ...names.map(initials)];
    const isRenamed = names.length > 0 && asked.length > 0 && !asked.some((word) => known.some(akin(word)));
    if (!isRenamed) return [];
    return [{ alias, expression: sqlText(expression).trim(), asked: asked.join(" ") }];
  });
}

/** The columns of an expression. */
export function namesIn(expression: string): string[] {
  return columnNames(sqlTokens(expression));
}

function columnNames(tokens: readonly SqlToken[]): string[] {
  const written = solid(tokens);
  return written.flatMap((token, i) => {
    const isName = token.kind === "quoted" || (token.kind === "word" && !NOT_COLUMNS.test(token.text));
    const isCallOrTable = /^[(.]$/.test(written[i + 1]?.text ?? "");
    return isName && !isCallOrTable ? [unquoted(token)] : [];
  });
}

/** Words of a column's name that say what it holds: loyer, mensuel of "loyer_mensuel", none of "total". */
export function namingWords(name: string): string[] {
  return wordsOf(name).filter((word) => !HOW.has(word));
}

/** "Weight_in_lbs", "averageAge" -> lower-case words */
function wordsOf(name: string): string[] {
  const spaced = withoutCamelCase(name).toLowerCase();
  return spaced.match(/\p{L}+/gu) ?? [];
}

/** Whether a text names a column, if only by one of its words. */
export function sharesWord(column: string, text: string): boolean {
  const said = wordsOf(text);
  return [...wordsOf(column), initials(column)].some((word) => said.some(akin(word)));
}

/** Miles_per_Gallon -> mpg */
function initials(name: string): string {
  return wordsOf(name)
    .map(([letter]) => letter)
    .join("");
}

/** One begins with the other: pop and population, goal and goals. */
function akin(word: string): (other: string) => boolean {
  return (other) =>
    other.length >= 3 && word.length >= 3 ? word.startsWith(other) || other.startsWith(word) : word === other;
}
