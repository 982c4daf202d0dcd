/** A line of a cell, with a caret under the column; both count from 1. Empty for a line that is not there. */
export function excerpt(source: string, line: number, column: number): string[] {
  const text = source.split(/\r?\n/)[line - 1];
  if (text === undefined) return [];
  const margin = `${line} | `;
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, " ");
  return ["", `  ${margin}${text}`, `  ${" ".repeat(margin.length)}${indent}^`, ""];
}
