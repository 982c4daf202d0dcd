// How the columns of a table of texts are read, by all of their values: from some of them a reading is proposed, DuckDB
// counts how many values it reads, and what it does not read is proposed from again.
import { identifier, quoted } from "../sessions/sql/database.ts";
import {
  BLANKS,
  type ColumnContext,
  type ColumnReading,
  isMissingWord,
  MISSING_WORDS,
  type Proposal,
} from "./column-reading.ts";
import { MAX_STRAY_SHARE, propose } from "./propose.ts";
import { valueHints } from "./value-hints.ts";
import { isMissingText, unnamedSum, wordNotes } from "./word-notes.ts";

const SAMPLED_ROWS = 2_000;
const MAX_SAMPLED_VALUES = 200_000; // of all columns together
const MAX_EXCEPTIONS = 100; // distinct values of a column that are looked at in a round
const MAX_ROUNDS = 4;
const MAX_TOLD = 3; // values in a note
const COUNTED_COLUMNS = 100; // in one pass: each has a regular expression, which takes memory in each of DuckDB's threads
const PADDING = [" ", "\t", "\u00a0", "\u3000"]; // blanks that are looked for around texts, of which there may be many

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
  readonly repeatedRows: number; // that are the row of names once more
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
  countedSql: string | undefined; // of the reading that was counted
  isSettled: boolean;
}

interface KnownColumns {
  readonly header?: readonly string[]; // the row of names, which may stand among the others once more
  readonly numbers?: readonly string[]; // columns that are numbers already
}

/** @param names of columns that are text, among those of `from` */
export async function gatherEvidence(
  run: RunRows,
  from: string,
  names: readonly string[],
  context: Omit<ColumnContext, "name">,
  { header = [], numbers = [] }: KnownColumns = {},
): Promise<Evidence> {
  const candidates = await sampled(run, from, names);
  const isHeader = header.flatMap((text, i) => (text === "" ? [] : [`${identifier(names[i]!)} = ${quoted(text)}`]));
  const isRepeated = isHeader.length > 1 ? isHeader.join(" AND ") : "false";
  let rows: Rows = { count: 0, empty: 0, repeated: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    proposeAll(candidates, context);
    rows = await countValues(run, from, candidates, round === 0 ? isRepeated : rows);
    const open = candidates.filter((one) => !one.isSettled);
    if (open.length === 0) break;
    await addExceptions(run, from, open);
  }
  const columns = await withWords(run, from, rows.count, candidates, numbers);
  return { columns, rowCount: rows.count, emptyRows: rows.empty, repeatedRows: rows.repeated };
}

interface Rows {
  readonly count: number;
  readonly empty: number;
  readonly repeated: number;
}

async function sampled(run: RunRows, from: string, names: readonly string[]): Promise<Candidate[]> {
  const limit = Math.max(50, Math.min(SAMPLED_ROWS, Math.floor(MAX_SAMPLED_VALUES / names.length)));
  const rows =
    names.length === 0 ? [] : await run(`SELECT ${names.map(identifier).join(", ")} FROM ${from} LIMIT ${limit}`);
  return names.map((name, i) => {
    const values = rows.flatMap((row) => (row[i] === null ? [] : [String(row[i])]));
    return {
      ...{ name, values, exceptions: undefined, proposal: { reading: undefined }, hasBlanks: values.some(hasBlanks) },
      ...{ count: 0, read: 0, padded: 0, missing: 0, countedSql: undefined, isSettled: false },
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

/** One pass over the table, or one for each hundred columns. `known`: its rows, or at first what is true of one that repeats the names. */
async function countValues(
  run: RunRows,
  from: string,
  candidates: readonly Candidate[],
  known: Rows | string,
): Promise<Rows> {
  const isFirst = typeof known === "string";
  const counted = isFirst ? candidates : candidates.filter(({ isSettled }) => !isSettled);
  if (!isFirst && counted.length === 0) return known;
  const names = candidates.map(({ name }) => identifier(name));
  const empty = names.length > 1 ? `count(*) FILTER (${names.map((name) => `${name} IS NULL`).join(" AND ")})` : "0";
  let rows = isFirst ? { count: 0, empty: 0, repeated: 0 } : known;
  for (const [i, part] of batches(counted).entries()) {
    const isWanted = i === 0 && isFirst;
    const wanted = isWanted ? `count(*), ${empty}, count(*) FILTER (${known})` : "0, 0, 0";
    const [row = []] = await run(`SELECT ${[wanted, ...part.flatMap(countsOf)].join(", ")} FROM ${from}`);
    const [count = 0, emptyRows = 0, repeated = 0, ...each] = row.map(Number);
    if (isWanted) rows = { count, empty: emptyRows, repeated };
    for (const [at, candidate] of part.entries()) keepCounts(candidate, each.slice(COUNTS * at, COUNTS * (at + 1)));
  }
  return rows;
}

const COUNTS = 3;

/** Of its values: how many there are, are read (of texts: have blanks around them), are words for a missing one. */
function countsOf(candidate: Candidate): string[] {
  const { proposal, count } = candidate;
  const values = `count(${identifier(candidate.name)})`;
  if (candidate.values.length === 0) return [values, "0", "0"]; // seldom has one: then it is counted once more
  const text = textOf(candidate);
  const { reading } = proposal;
  const isRead = reading?.test ? `count(*) FILTER (${reading.test(text)})` : reading && `count(${reading.sql(text)})`;
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

/** The columns as they are decided, those of texts with notes on their words. */
async function withWords(
  run: RunRows,
  from: string,
  rowCount: number,
  candidates: readonly Candidate[],
  known: readonly string[],
): Promise<DecidedColumn[]> {
  const columns = candidates.map(decided);
  const texts = candidates.filter(({ proposal, count }) => proposal.reading === undefined && count > 0);
  const read = columns.flatMap(({ reading }, i) =>
    /^(BIGINT|DOUBLE|DECIMAL)/.test(reading?.type ?? "") ? [`(${reading!.sql(textOf(candidates[i]!))})`] : [],
  );
  const numbers = [...read, ...known.map(identifier)];
  const told = await wordNotes(
    run,
    { from, rowCount, numbers },
    texts.map((candidate) => ({ ...candidate, text: textOf(candidate) })),
  );
  const [first, ...others] = read;
  const sum =
    texts.length > 0 || known.length > 0 || others.length === 0
      ? undefined
      : await unnamedSum(run, { from, rowCount, numbers }, first!);
  const byName = new Map(texts.map(({ name }, i) => [name, told[i]!]));
  return columns.map((column, i) => ({
    ...column,
    notes: [...column.notes, ...(i === 0 && sum !== undefined ? [sum] : []), ...(byName.get(column.name) ?? [])],
  }));
}

function decided(candidate: Candidate): DecidedColumn {
  const { name, values, exceptions, proposal, hasBlanks, count, read, missing } = candidate;
  const { reading, hint } = proposal;
  const strays = count - read - missing;
  const asText = { name, reading: undefined, isExact: false, isEmpty: count === 0 };
  if (reading === undefined || read === 0) {
    return { ...asText, notes: hint === undefined ? [] : [hint] };
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
