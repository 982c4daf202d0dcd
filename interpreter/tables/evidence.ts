// How the columns of a table of texts are read, by all of their values: from some of them a reading is proposed, DuckDB
// counts how many values it reads, and what it does not read is proposed from again.
import { identifier, quoted } from "../sessions/sql/database.ts";
import { isPlain } from "../sessions/sql/mends/mend.ts";
import {
  BLANKS,
  type ColumnContext,
  type ColumnReading,
  isMissingWord,
  MISSING_AMONG_TEXTS,
  MISSING_WORDS,
  type Proposal,
} from "./column-reading.ts";
import { MAX_STRAY_SHARE, propose } from "./propose.ts";
import { TOTAL_TEXT } from "./total-words.ts";
import { valueHints } from "./value-hints.ts";

const SAMPLED_ROWS = 2_000;
const MAX_SAMPLED_VALUES = 200_000; // of all columns together
const MAX_EXCEPTIONS = 100; // distinct values of a column that are looked at in a round
const MAX_ROUNDS = 4;
const MAX_TOLD = 3; // values in a note
const COUNTED_COLUMNS = 100; // in one pass: each has a regular expression, which takes memory in each of DuckDB's threads
const PADDING = [" ", "\t", "\u00a0", "\u3000"]; // blanks that are looked for around texts, of which there may be many
const MAX_TOTAL_LENGTH = 40; // characters
const KEYS = 2; // columns of texts, from the left, that are looked through for totals
const MAX_REPORT_ROWS = 100_000; // a table of more is none that somebody wrote totals into, and takes long to be looked through

export interface DecidedColumn {
  readonly name: string;
  readonly reading: ColumnReading | undefined; // undefined: it stays as it is
  readonly isExact: boolean; // the reading reads each value as it stands, without blanks around it
  readonly isEmpty: boolean;
  readonly notes: readonly string[];
}

export interface Evidence {
  readonly columns: readonly DecidedColumn[];
  readonly rowCount: number;
  readonly emptyRows: number;
}

/** Rows of a query, column by column in each. */
export type RunRows = (query: string) => Promise<readonly (readonly unknown[])[]>;

interface Candidate {
  readonly name: string;
  readonly values: string[]; // sampled, and exceptions
  exceptions: readonly string[] | undefined; // to the reading that was counted before, as far as they are looked at
  proposal: Proposal;
  hasBlanks: boolean; // around its values
  count: number; // of values that are not NULL
  read: number; // of those, by the proposal's reading
  padded: number; // texts with a blank before or behind them
  missing: number; // of those, words for a missing value
  words: readonly string[]; // of a column of texts: which
  totals: number; // of one of the first columns of texts: values that call their row a total
  totalWords: readonly string[];
  countedSql: string | undefined; // of the reading that was counted
  isSettled: boolean;
}

/** @param names of columns that are text, among those of `from` */
export async function gatherEvidence(
  run: RunRows,
  from: string,
  names: readonly string[],
  context: Omit<ColumnContext, "name">,
): Promise<Evidence> {
  const candidates = await sampled(run, from, names);
  let rows = { count: 0, empty: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    proposeAll(candidates, context);
    rows = await countValues(run, from, candidates, round === 0 ? undefined : rows);
    const open = candidates.filter((one) => !one.isSettled);
    if (open.length === 0) break;
    await addExceptions(run, from, open);
  }
  await addWords(run, from, candidates, rows.count);
  return { columns: candidates.map(decided), rowCount: rows.count, emptyRows: rows.empty };
}

async function sampled(run: RunRows, from: string, names: readonly string[]): Promise<Candidate[]> {
  const limit = Math.max(50, Math.min(SAMPLED_ROWS, Math.floor(MAX_SAMPLED_VALUES / names.length)));
  const rows =
    names.length === 0 ? [] : await run(`SELECT ${names.map(identifier).join(", ")} FROM ${from} LIMIT ${limit}`);
  return names.map((name, i) => {
    const values = rows.flatMap((row) => (row[i] === null ? [] : [String(row[i])]));
    return {
      ...{ name, values, exceptions: undefined, proposal: { reading: undefined }, hasBlanks: values.some(hasBlanks) },
      ...{ count: 0, read: 0, padded: 0, missing: 0, words: [], countedSql: undefined, isSettled: false },
      ...{ totals: 0, totalWords: [] },
    };
  });
}

function hasBlanks(value: string): boolean {
  return value !== value.trim();
}

/** What some columns settle (the decimal sign, day or month first) holds for those that leave it open. */
function proposeAll(candidates: readonly Candidate[], context: Omit<ColumnContext, "name">): void {
  const all = (known: Omit<ColumnContext, "name">) =>
    candidates.map(({ name, values }) => propose(values, { ...known, name }));
  const alone = all(context);
  const decimals = new Set(alone.flatMap(({ reading }) => reading?.decimal ?? []));
  const orders = new Set(alone.flatMap(({ reading }) => reading?.isDayFirst ?? []));
  const together = all({
    ...context,
    decimal: context.decimal ?? (decimals.size === 1 ? [...decimals][0] : undefined),
    isDayFirst: context.isDayFirst ?? (orders.size === 1 ? [...orders][0] : undefined),
  });
  candidates.forEach((candidate, i) => {
    candidate.proposal = together[i]!;
    const { countedSql, read, count } = candidate;
    const isCounted = countedSql !== undefined && countedSql === sqlOf(candidate);
    candidate.isSettled = candidate.proposal.reading === undefined || (isCounted && read === count);
  });
}

function sqlOf(candidate: Candidate): string | undefined {
  return candidate.proposal.reading?.sql(textOf(candidate));
}

function textOf({ name, hasBlanks }: Candidate): string {
  return hasBlanks ? `trim(${identifier(name)}, ${quoted(BLANKS)})` : identifier(name);
}

/** One pass over the table, or one for each hundred columns. */
async function countValues(
  run: RunRows,
  from: string,
  candidates: readonly Candidate[],
  known: { count: number; empty: number } | undefined,
): Promise<{ count: number; empty: number }> {
  const counted = known ? candidates.filter(({ isSettled }) => !isSettled) : candidates;
  if (known && counted.length === 0) return known;
  const names = candidates.map(({ name }) => identifier(name));
  const empty = names.length > 1 ? `count(*) FILTER (${names.map((name) => `${name} IS NULL`).join(" AND ")})` : "0";
  let rows = known ?? { count: 0, empty: 0 };
  for (const [i, part] of batches(counted).entries()) {
    const wanted = i > 0 || known ? "0, 0" : `count(*), ${empty}`;
    const [row = []] = await run(`SELECT ${[wanted, ...part.flatMap(countsOf)].join(", ")} FROM ${from}`);
    const [count = 0, emptyRows = 0, ...each] = row.map(Number);
    if (i === 0 && !known) rows = { count, empty: emptyRows };
    for (const [at, candidate] of part.entries()) keepCounts(candidate, each.slice(COUNTS * at, COUNTS * (at + 1)));
  }
  return rows;
}

const COUNTS = 3;

/** Of its values: how many there are, are read (of texts: have blanks around them), are words for a missing one. */
function countsOf(candidate: Candidate): string[] {
  const { proposal, count } = candidate;
  const text = textOf(candidate);
  const { reading } = proposal;
  const isRead = reading?.test ? `count(*) FILTER (${reading.test(text)})` : reading && `count(${reading.sql(text)})`;
  const values = `count(${identifier(candidate.name)})`;
  const name = identifier(candidate.name);
  const isPadded = PADDING.map((sign) => `${name} LIKE ${quoted(`${sign}%`)} OR ${name} LIKE ${quoted(`%${sign}`)}`);
  const padded = `count(*) FILTER (${isPadded.join(" OR ")})`;
  if (reading === undefined) return [values, padded, `count(*) FILTER (${isMissingText(text)})`];
  const missing = count > 0 ? `count(*) FILTER (${isNoValue(text)})` : "0";
  return [values, isRead ?? "0", missing];
}

function keepCounts(candidate: Candidate, [values = 0, second = 0, missing = 0]: readonly number[]): void {
  const isText = candidate.proposal.reading === undefined;
  const [read, padded] = isText ? [0, second] : [second, 0];
  // Counted once more without a change, after its exceptions were seen: they are words, or strays.
  const countedSql = sqlOf(candidate);
  const isUnseen = isText && values > 0 && candidate.exceptions === undefined && candidate.values.every(isNothing);
  candidate.isSettled =
    !isUnseen && (read === values || countedSql === undefined || countedSql === candidate.countedSql);
  Object.assign(candidate, { count: values, read, padded, missing, countedSql });
}

/** At least one. */
function batches(candidates: readonly Candidate[]): (readonly Candidate[])[] {
  const count = Math.max(1, Math.ceil(candidates.length / COUNTED_COLUMNS));
  return Array.from({ length: count }, (_, i) => candidates.slice(i * COUNTED_COLUMNS, (i + 1) * COUNTED_COLUMNS));
}

async function addExceptions(run: RunRows, from: string, open: readonly Candidate[]): Promise<void> {
  for (const part of batches(open)) await addExceptionsOf(run, from, part);
}

async function addExceptionsOf(run: RunRows, from: string, open: readonly Candidate[]): Promise<void> {
  const lists = open.map((candidate) => {
    const { reading } = candidate.proposal;
    const text = textOf(candidate);
    const isException = reading === undefined ? `NOT (${isNoValue(text)})` : `${reading.sql(text)} IS NULL`;
    return `approx_top_k(${identifier(candidate.name)}, ${MAX_EXCEPTIONS}) FILTER (${identifier(candidate.name)} IS NOT NULL AND ${isException})`;
  });
  const [row = []] = await run(
    `SELECT ${lists.map((list) => `CAST(to_json(${list}) AS VARCHAR)`).join(", ")} FROM ${from}`,
  );
  open.forEach((candidate, i) => {
    const found = row[i] === null ? [] : (JSON.parse(String(row[i])) as string[]); // as: a list of texts
    candidate.exceptions = found;
    const seen = new Set(candidate.values); // each value counts as often as it was sampled
    candidate.values.push(...found.filter((value) => !seen.has(value)));
    candidate.hasBlanks ||= found.some(hasBlanks);
  });
}

function isNothing(value: string): boolean {
  return value.trim() === "" || isMissingWord(value.trim());
}

/** The same in SQL. */
function isNoValue(text: string): string {
  return `lower(${text}) IN (${MISSING_WORDS.map(quoted).join(", ")}) OR ${text} = ''`;
}

function isMissingText(text: string): string {
  return `${text} IN (${MISSING_AMONG_TEXTS.map(quoted).join(", ")})`;
}

function isTotal(text: string): string {
  return `length(${text}) <= ${MAX_TOTAL_LENGTH} AND regexp_matches(${text}, ${quoted(TOTAL_TEXT)})`;
}

/** Which words for a missing value, and for a total, stand in columns of texts. */
async function addWords(run: RunRows, from: string, candidates: readonly Candidate[], rowCount: number): Promise<void> {
  const texts = candidates.filter(({ proposal, count }) => proposal.reading === undefined && count > 0);
  const keys = rowCount <= MAX_REPORT_ROWS ? texts.slice(0, KEYS) : [];
  const those = texts.filter((one) => one.missing > 0 || keys.includes(one));
  if (those.length === 0) return;
  const list = (text: string, condition: string) =>
    `CAST(to_json(list_sort(list(DISTINCT ${text}) FILTER (${condition}))[:${MAX_EXCEPTIONS}]) AS VARCHAR)`;
  const lists = those.flatMap((candidate) => {
    const text = textOf(candidate);
    const total = keys.includes(candidate) ? isTotal(text) : "false";
    return [list(text, isMissingText(text)), `count(*) FILTER (${total})`, list(text, total)];
  });
  const [row = []] = await run(`SELECT ${lists.join(", ")} FROM ${from}`);
  those.forEach((candidate, i) => {
    const [words, totals, totalWords] = row.slice(3 * i, 3 * i + 3);
    candidate.words = JSON.parse(String(words ?? "[]")) as string[]; // as: lists of texts
    candidate.totals = Number(totals);
    candidate.totalWords = JSON.parse(String(totalWords ?? "[]")) as string[];
  });
}

function decided(candidate: Candidate): DecidedColumn {
  const { name, values, exceptions, proposal, hasBlanks, count, read, missing } = candidate;
  const { reading, hint } = proposal;
  const strays = count - read - missing;
  const asText = { name, reading: undefined, isExact: false, isEmpty: count === 0 };
  if (reading === undefined || read === 0) {
    return { ...asText, notes: [...(hint === undefined ? [] : [hint]), ...wordNotes(candidate)] };
  }
  const examples = (exceptions ?? [])
    .filter((value) => !isNothing(value))
    .slice(0, MAX_TOLD)
    .map((value) => JSON.stringify(value))
    .join(", ");
  if (strays > MAX_STRAY_SHARE * (read + strays))
    return { ...asText, notes: [`${strays} of ${count} values are not like the others (${examples}): kept as text`] };
  const notes = [
    ...(reading.note === undefined ? [] : [reading.note]),
    ...(strays > 0 ? [`${strays} of ${count} values cannot be read so and are NULL: ${examples}`] : []),
    ...valueHints(values, name, reading.type),
  ];
  return { name, reading, isExact: count === read && !hasBlanks, isEmpty: false, notes };
}

function wordNotes({ name, values, count, padded, missing, words, totals, totalWords }: Candidate): string[] {
  const isAmong = (number: number) => number > 0 && number < count;
  const among = `${missing} of ${count} texts are ${words.map((word) => JSON.stringify(word)).join(" or ")}, which may stand for a missing value; they are kept`;
  const named = totalWords.slice(0, MAX_TOLD).map((word) => JSON.stringify(word));
  const summed = `${totals} of ${count} rows look like totals of others (${named.join(", ")}${totalWords.length > MAX_TOLD ? ", …" : ""}); they are kept, and sums count them as well`;
  const column = isPlain(name) ? name : identifier(name);
  const isPlainBlank = values.every((value) => value.trim() === value.replace(/^ +| +$/g, ""));
  const trimmed = isPlainBlank
    ? `trim(${column})`
    : `regexp_replace(${column}, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+$', '', 'g')`;
  const blanks = `${padded} of ${count} texts have blanks around them, which are kept: ${trimmed} takes them off`;
  return [
    ...(words.length > 0 && isAmong(missing) ? [among] : []),
    ...(isAmong(totals) ? [summed] : []),
    ...(padded > 0 ? [blanks] : []),
  ];
}
