// What is told of columns of texts: words that stand for no value, blanks around texts, and rows that sum up others.
import { identifier, quoted } from "../sessions/sql/database.ts";
import { isPlain } from "../sessions/sql/mends/mend.ts";
import { MISSING_AMONG_TEXTS } from "./column-reading.ts";
import type { RunRows } from "./evidence.ts";
import { TOTAL_TEXT } from "./total-words.ts";

const MAX_TOLD = 3; // words in a note
const MAX_WORDS = 100; // distinct ones that are looked at
const MAX_TOTAL_LENGTH = 40; // characters
const KEYS = 2; // columns of texts, from the left, that are looked through for totals
const LEAST_SUMMED = 3; // rows, with the sum
const MAX_SUMMED = 20; // columns of numbers that are summed
const MAX_REPORT_ROWS = 100_000; // a table of more is none that somebody wrote totals into, and takes long to be looked through

export interface TextColumn {
  readonly name: string;
  readonly text: string; // its value in SQL
  readonly values: readonly string[]; // some of them
  readonly count: number; // of values that are not NULL
  readonly padded: number; // of those, with blanks around them
  readonly missing: number; // of those, words for a missing value
}

interface Table {
  readonly from: string;
  readonly rowCount: number;
  readonly numbers: readonly string[]; // columns of numbers, in SQL
}

export function isMissingText(text: string): string {
  return `${text} IN (${MISSING_AMONG_TEXTS.map(quoted).join(", ")})`;
}

/** Notes on each of the columns. */
export async function wordNotes(run: RunRows, table: Table, columns: readonly TextColumn[]): Promise<string[][]> {
  const keys = table.rowCount <= MAX_REPORT_ROWS ? columns.slice(0, KEYS) : [];
  const words = await listed(run, table.from, columns.filter(isAmongOthers), ({ text }) => isMissingText(text));
  const totals = await listed(run, table.from, keys, ({ text }) => isTotal(text));
  const [key] = keys;
  const sum = key === undefined ? undefined : await sumOfOthers(run, table, key.text);
  return columns.map((column) => [
    ...missingNote(column, words.get(column)),
    ...totalNote(column, totals.get(column)),
    ...(sum !== undefined && column === key && !totals.get(key)?.count ? [sum] : []),
    ...paddedNote(column),
  ]);
}

function isAmongOthers({ missing, count }: TextColumn): boolean {
  return missing > 0 && missing < count;
}

function isTotal(text: string): string {
  return `length(${text}) <= ${MAX_TOTAL_LENGTH} AND regexp_matches(${text}, ${quoted(TOTAL_TEXT)})`;
}

interface Found {
  readonly count: number;
  readonly words: readonly string[];
}

async function listed(
  run: RunRows,
  from: string,
  columns: readonly TextColumn[],
  condition: (column: TextColumn) => string,
): Promise<ReadonlyMap<TextColumn, Found>> {
  if (columns.length === 0) return new Map();
  const asked = columns.flatMap((column) => {
    const those = `FILTER (${condition(column)})`;
    const list = `list_sort(list(DISTINCT ${column.text}) ${those})[:${MAX_WORDS}]`;
    return [`count(*) ${those}`, `CAST(to_json(${list}) AS VARCHAR)`];
  });
  const [row = []] = await run(`SELECT ${asked.join(", ")} FROM ${from}`);
  return new Map(
    columns.map((column, i) => {
      const words = JSON.parse(String(row[2 * i + 1] ?? "[]")) as string[]; // as: a list of texts
      return [column, { count: Number(row[2 * i]), words }];
    }),
  );
}

/**
 * A note on the row that has in one of the columns of numbers the sum of all others.
 * @param key a column's value in SQL, by which rows are told apart
 */
async function sumOfOthers(run: RunRows, { from, numbers }: Table, key: string): Promise<string | undefined> {
  const summed = numbers.filter((number) => number !== key).slice(0, MAX_SUMMED);
  if (summed.length === 0) return undefined;
  const asked = summed.flatMap((number) => {
    const value = `CAST(${number} AS DOUBLE)`;
    const ofNone = `max(${value}) FILTER (${key} IS NULL)`;
    return [
      `max(${value})`,
      `sum(${value})`,
      `min(${value})`,
      `count(${number})`,
      `arg_max_null(${key}, ${value})`,
      ofNone,
    ];
  });
  const [row = []] = await run(`SELECT ${asked.join(", ")} FROM ${from}`);
  const sums = summed.flatMap((_, i) => {
    const [max, sum, min, count, name, ofNone] = row.slice(6 * i, 6 * i + 6);
    const own = ofNone !== null && ofNone === max ? null : name; // of several with as much
    const isSum = Number(max) > 0 && Math.abs(2 * Number(max) - Number(sum)) <= 1e-9 * Number(sum) && Number(min) >= 0;
    return isSum ? [{ count: Number(count), own }] : [];
  });
  // 1, 2 and 3 may be so by chance, and 850 below 850: less so where several columns are.
  const areSeveral = sums.filter(({ own }) => own === null).length > 1;
  const found = sums.find(
    ({ count, own }) => count >= (own === null ? (areSeveral ? 2 : LEAST_SUMMED) : LEAST_SUMMED + 1),
  );
  if (found === undefined) return undefined;
  const whose = found.own === null ? "without a value here" : `of ${JSON.stringify(found.own)}`;
  return `the row ${whose} has the sum of all others; it is kept, and sums count it as well`;
}

/** Of a table without texts, whose first column has no value in the row that sums up the others. */
export async function unnamedSum(run: RunRows, table: Table, key: string): Promise<string | undefined> {
  if (table.rowCount > MAX_REPORT_ROWS) return undefined;
  const note = await sumOfOthers(run, table, key);
  return note?.includes(" without a value here ") ? note : undefined;
}

function missingNote({ missing, count }: TextColumn, found: Found | undefined): string[] {
  if (found === undefined || found.words.length === 0) return [];
  const words = found.words.map((word) => JSON.stringify(word)).join(" or ");
  return [`${missing} of ${count} texts are ${words}, which may stand for a missing value; they are kept`];
}

function totalNote({ count }: TextColumn, found: Found | undefined): string[] {
  if (found === undefined || found.count === 0 || found.count >= count) return [];
  const told = found.words.slice(0, MAX_TOLD).map((word) => JSON.stringify(word));
  const words = [...told, ...(found.words.length > MAX_TOLD ? ["…"] : [])].join(", ");
  return [
    `${found.count} of ${count} rows look like totals of others (${words}); they are kept, and sums count them as well`,
  ];
}

function paddedNote({ name, values, count, padded }: TextColumn): string[] {
  if (padded === 0) return [];
  const column = isPlain(name) ? name : identifier(name);
  const areSpaces = values.every((value) => value.trim() === value.replace(/^ +| +$/g, ""));
  const way = areSpaces ? `trim(${column})` : `regexp_replace(${column}, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '', 'g')`;
  return [`${padded} of ${count} texts have blanks around them, which are kept: ${way} takes them off`];
}
