// Cells that a spreadsheet program was told to leave alone: ="00123" and '00123 are the text 00123.
import { quoted } from "../sessions/sql/database.ts";
import type { Proposal } from "./column-reading.ts";

const FORMULA = '="((?:[^"]|"")*)"';
const APOSTROPHE = "'([0-9=+@(.,-][0-9 .,:/+()eE-]*)"; // 's-Hertogenbosch is a name
const MIN_APOSTROPHES = 0.5; // of the values, where they stand alone

const isFormula = (value: string) => new RegExp(`^${FORMULA}$`).test(value);
const isMarked = (value: string) => new RegExp(`^${APOSTROPHE}$`).test(value);

/** Of a column with such cells, whose other cells stay as they are; undefined of any other. */
export function proposeKeptText(values: readonly string[]): Proposal | undefined {
  const formula = values.find(isFormula);
  const marked = values.filter(isMarked);
  const hasMarks = marked.length > MIN_APOSTROPHES * values.length;
  if (formula === undefined && !hasMarks) return undefined;
  const example = formula ?? marked[0]!;
  const sql = (text: string) => {
    const plain = `replace(regexp_extract(${text}, ${quoted(FORMULA)}, 1), '""', '"')`;
    const unmarked = hasMarks ? ` WHEN regexp_full_match(${text}, ${quoted(APOSTROPHE)}) THEN ${text}[2:]` : "";
    return `CASE WHEN regexp_full_match(${text}, ${quoted(FORMULA)}) THEN ${plain}${unmarked} ELSE ${text} END`;
  };
  const note = `${example} is read as the text ${keptText(example)}, as spreadsheets mean it`;
  return { reading: { type: "VARCHAR", sql, isNative: false, note } };
}

/** ="Name" -> Name, '00123 -> 00123; other texts as they are. */
export function keptText(cell: string): string {
  if (isFormula(cell)) return cell.slice(2, -1).replaceAll('""', '"');
  return isMarked(cell) ? cell.slice(1) : cell;
}
