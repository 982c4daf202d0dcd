// A query of sales.csv, which is nowhere, where the question is about 销售.jsonl: a model translates the names of files, too.
import { identifier } from "../../sessions/sql/database.ts";
import { outlineOf } from "../../sessions/sql/sql-outline.ts";
import { sourcesOf } from "../../sessions/sql/sql-sources.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { fileOf, tableCalled } from "../../sessions/table-info.ts";
import { type Rewrite, withQuotedFiles } from "./rewrite.ts";

/** The one table that the question is about is read instead. A file that the question names itself is another one. */
export const absentTable: Rewrite = (query, { tables, about = [], question }) => {
  const [only, ...others] = about;
  const outline = outlineOf(withQuotedFiles(query, tables));
  const [source, ...more] = (outline.selects.length === 1 && sourcesOf(outline, outline.outer)) || [];
  if (!only || others.length > 0 || !source || more.length > 0 || tableCalled(source.table, tables)) return undefined;
  if (question.toLowerCase().includes(source.table.toLowerCase())) return undefined;
  const { from, to } = source.range;
  const isOwner = (i: number) => outline.tokens[i + 1]?.text === ".";
  const mended = outline.tokens.map((token, i) =>
    unquoted(token) === source.table && ((i >= from && i < to) || isOwner(i))
      ? { ...token, text: identifier(fileOf(only)) }
      : token,
  );
  return { query: sqlText(mended), note: `(read from ${only.name}: there is no table ${source.table})` };
};
