// A value that a column writes in several ways: priority = 'high' finds none of the rows that say 'High' or ' high'.
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { quotedTexts } from "../question/question-parts.ts";
import type { Rewrite } from "./rewrite.ts";
import { withMeantConditions } from "./text-conditions.ts";

const LEAST = 3; // letters: a and A may be two grades

/** priority = 'high' -> priority IN ('high', 'High'); a text that the question has in quotes is looked for as it stands. */
export const writtenAlike: Rewrite = (query, { question, tables, look }) =>
  withMeantConditions(query, tables, async ({ name, column, isNot, text }, owned) => {
    const isMeantSo = text === undefined || quotedTexts(question).some((one) => one.text === text);
    if (isMeantSo || text.trim() === "") return undefined;
    const own = identifier(owned.name);
    const found = await look(
      `SELECT ${own} AS value, count(*) AS n FROM ${owned.table.name} WHERE lower(trim(${own})) = lower(trim(${quoted(text)})) AND ${own} <> ${quoted(text)} GROUP BY 1 ORDER BY 1`,
    );
    const rows = found.rows.filter(({ value }) => typeof value === "string");
    if (rows.length === 0) return undefined;
    const told = rows
      .map(({ value, n }) => `${quoted(String(value))} in ${n} ${Number(n) === 1 ? "row" : "rows"}`)
      .join(", ");
    if ([...text.trim()].length < LEAST)
      return { note: `(${name} has ${told}, which are not taken for ${quoted(text)})` };
    const list = [text, ...rows.map(({ value }) => String(value))].map(quoted).join(", ");
    return {
      condition: `${column} ${isNot ? "NOT IN" : "IN"} (${list})`,
      note: `(${name} has ${told}: taken for ${quoted(text)}, too)`,
    };
  });
