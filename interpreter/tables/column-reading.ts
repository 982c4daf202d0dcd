// A way to read the texts of a column, and what is proposed for one.

export interface ColumnReading {
  readonly type: string; // of DuckDB
  /** SQL for the value of a text, which is given as SQL, trimmed; NULL where it cannot be read so. */
  readonly sql: (text: string) => string;
  /** SQL that is true of a text where `sql` has a value, and faster: all of a file's values are tested. */
  readonly test?: (text: string) => string;
  readonly isNative: boolean; // DuckDB's CSV reader reads these texts so by itself, and no others
  readonly decimal?: DecimalSign; // of numbers that have one, where the values settle it
  readonly isDayFirst?: boolean; // of dates, where the values settle it
  readonly note?: string; // what was assumed, or is not to be seen in the values: "day first (assumed)"
}

export type DecimalSign = "." | ",";

/** What is known beside the values of a column. */
export interface ColumnContext {
  readonly name: string;
  readonly decimal?: DecimalSign | undefined; // of other columns of the file, or as the user says
  readonly isDayFirst?: boolean | undefined; // the same
  readonly isYearFirst?: boolean | undefined; // of years of two digits, as the user says
  readonly separator?: string | undefined; // of the file's fields
}

export interface Proposal {
  readonly reading: ColumnReading | undefined; // undefined: text
  readonly hint?: string; // of a text that looks like more
}

/** Words for "there is no value", in lower case. They are missing values only beside numbers and dates. */
export const MISSING_WORDS: readonly string[] = [
  ...["na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "nil", "missing", "unknown", "k.a.", "s/d", "n/d", "nd"],
  ...["-", "--", "---", "–", "—", ".", "..", "...", "?", "*", "#na", "<na>", "(null)", "\\n", "#value!", "#ref!"],
  ...["#div/0!", "#name?", "#null!", "#num!", '=""'],
];

/** Those that no text means otherwise, but for a country's or a place's code: told where they stand among texts, never taken. */
export const MISSING_AMONG_TEXTS: readonly string[] = [
  ...["NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "(null)", "\\N", "-", "--", "?"],
];

const MISSING = new Set(MISSING_WORDS);

/** What `trim()` of JavaScript takes off, for DuckDB's. */
export const BLANKS =
  " \t\v\f\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

export function isMissingWord(value: string): boolean {
  return MISSING.has(value.toLowerCase());
}
