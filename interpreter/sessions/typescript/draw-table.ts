// Tables as front ends show them: HTML, text for terminals, and data for those that have a grid of their own.
import type { MimeBundle } from "../session.ts";
import { MAX_COLUMNS, PAGE_ROWS, type Row, type TableData, tableData } from "./table-data.ts";

const DATA_RESOURCE_TYPE = "application/vnd.dataresource+json"; // https://specs.frictionlessdata.io/tabular-data-resource
const MAX_TEXT_COLUMN = 60; // characters of a column in text
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** All but the text, which whoever has the value makes. */
export function tableForms(table: TableData): MimeBundle {
  return { "text/html": drawTable(table), [DATA_RESOURCE_TYPE]: dataResource(table) };
}

/** `rowCount`: of the whole result, where `rows` is only its beginning. */
export function formsOfRows(rows: readonly Row[], rowCount = rows.length): MimeBundle {
  return tableForms(tableData(rows, rowCount));
}

/** Rows behind the first page are folded: no script runs where a notebook is not trusted. */
export function drawTable(table: TableData): string {
  const { rows, rowCount } = table;
  const pages = Array.from({ length: Math.ceil(rows.length / PAGE_ROWS) }, (_, i) => {
    const page = drawRows(table, i * PAGE_ROWS);
    if (i === 0) return page;
    const last = Math.min((i + 1) * PAGE_ROWS, rows.length);
    return `<details><summary>rows ${i * PAGE_ROWS + 1} to ${last}</summary>\n${page}\n</details>`;
  });
  const more = rowCount > rows.length ? `\n<p>${rowCount - rows.length} more rows</p>` : "";
  return `${pages.join("\n") || drawRows(table, 0)}${more}\n<p>${sizeOf(table)}</p>`;
}

function drawRows({ columns, rows }: TableData, from: number): string {
  const head = columns.map(({ name, isNumeric }) => `<th${aligned(isNumeric)}>${escapeHtml(name)}</th>`).join("");
  const body = rows.slice(from, from + PAGE_ROWS).map((row) => {
    const cells = row.map((text, i) => dataCell(text, columns[i]?.isNumeric === true));
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>`;
}

function dataCell(text: string | null, isNumeric: boolean): string {
  return text === null
    ? `<td${aligned(isNumeric, "color: gray")}>null</td>`
    : `<td${aligned(isNumeric)}>${escapeHtml(text)}</td>`;
}

/** JupyterLab aligns all cells to the right. */
function aligned(isNumeric: boolean, ...more: readonly string[]): string {
  return ` style="${[`text-align: ${isNumeric ? "right" : "left"}`, ...more].join("; ")}"`;
}

/** As textTable() of the tools writes rows, with columns under each other. */
export function tableText(table: TableData): string {
  const { columns, rows } = table;
  const line = (text: string | null) => shortLine(text ?? "null");
  const cells = [columns.map(({ name }) => line(name)), ...rows.slice(0, PAGE_ROWS).map((row) => row.map(line))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => widthOf(row[i] ?? ""))));
  const lines = cells.map((row) =>
    row
      .map((text, i) => {
        const space = " ".repeat(widths[i]! - widthOf(text));
        return columns[i]?.isNumeric ? space + text : text + space;
      })
      .join(" | ")
      .trimEnd(),
  );
  return [...lines, `(${sizeOf(table)})`].join("\n");
}

function sizeOf({ rows, rowCount, columnCount }: TableData): string {
  const count = `${rowCount} ${rowCount === 1 ? "row" : "rows"}`;
  const size = rowCount > PAGE_ROWS ? `first ${Math.min(PAGE_ROWS, rows.length)} of ${count}` : count;
  return columnCount > MAX_COLUMNS ? `${size}, first ${MAX_COLUMNS} of ${columnCount} columns` : size;
}

/** Numbers that JSON has: a column with others is one of texts. */
function dataResource({ columns, rows }: TableData) {
  const isNumber = columns.map(({ isNumeric }, i) => isNumeric && rows.every((row) => isJsonNumber(row[i] ?? "")));
  const dataOf = (text: string | null, i: number) => (isNumber[i] ? (text ? Number(text) : null) : text);
  return {
    schema: { fields: columns.map(({ name }, i) => ({ name, type: isNumber[i] ? "number" : "string" })) },
    data: rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, dataOf(row[i] ?? null, i)]))),
  };
}

function isJsonNumber(text: string): boolean {
  const value = Number(text);
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function shortLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= MAX_TEXT_COLUMN ? line : `${line.slice(0, MAX_TEXT_COLUMN - 1)}…`;
}

/** Columns of a terminal. */
function widthOf(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

/** A front end looks for TeX in the page, and TeX can link and load: each of its signs stands in an element of its own. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[$\\]/g, (sign) => `<span>&#${sign.charCodeAt(0)};</span>`);
}
