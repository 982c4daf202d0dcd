// A value that a column writes in several ways: priority = 'high' finds none of the rows that say 'High' or ' high'.
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { sqlText, sqlTokens } from "../../sessions/sql/sql-tokens.ts";
import { quotedTexts } from "../question/question-parts.ts";
import type { Rewrite } from "./rewrite.ts";
import { conditionsIn, textColumn } from "./text-conditions.ts";

const MAX_CONDITIONS = 8; // of one query
const LEAST = 3; // letters: a and A may be two grades

/** priority = 'high' -> priority IN ('high', 'High'); a text that the question has in quotes is looked for as it stands. */
export const writtenAlike: Rewrite = async (query, { question, tables: all, look }) => {
  const tables = tablesIn(query, all);
  const tokens = sqlTokens(query);
  const mended = [...tokens];
  const notes: string[] = [];
  for (const { name, column, isNot, text, from, to } of conditionsIn(tokens).slice(0, MAX_CONDITIONS)) {
    const [table, ...others] = tables.filter((one) => textColumn(one, name));
    const isMeantSo = text === undefined || quotedTexts(question).some((one) => one.text === text);
    if (!table || others.length > 0 || isMeantSo || text.trim() === "") continue;
    const own = identifier(textColumn(table, name)!);
    const found = await look(
      `SELECT ${own} AS value, count(*) AS n FROM ${table.name} WHERE lower(trim(${own})) = lower(trim(${quoted(text)})) AND ${own} <> ${quoted(text)} GROUP BY 1 ORDER BY 1`,
    );
    const rows = found.rows.filter(({ value }) => typeof value === "string");
    if (rows.length === 0) continue;
    const told = rows
      .map(({ value, n }) => `${quoted(String(value))} in ${n} ${Number(n) === 1 ? "row" : "rows"}`)
      .join(", ");
    if ([...text.trim()].length < LEAST) {
      notes.push(`(${name} has ${told}, which are not taken for ${quoted(text)})`);
      continue;
    }
    const list = [text, ...rows.map(({ value }) => String(value))].map(quoted).join(", ");
    for (let at = from; at < to; at++) mended[at] = { kind: "space", text: "" };
    mended[from] = { kind: "sign", text: `${column} ${isNot ? "NOT IN" : "IN"} (${list})` };
    notes.push(`(${name} has ${told}: taken for ${quoted(text)}, too)`);
  }
  return notes.length === 0 ? undefined : { query: sqlText(mended), note: [...new Set(notes)].join("\n") };
};
