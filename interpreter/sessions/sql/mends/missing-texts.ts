import { isMissingWord } from "../../../tables/column-reading.ts";
import { isName } from "../sql-outline.ts";
import { sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { columnsOf, equal, type Mend } from "./mend.ts";

/** price = 'n/a', price <> '' of a column of numbers or times, where such a text was read as no value. */
export const missingTexts: Mend = (query, error, tables) => {
  const [, text] =
    /could not convert string '([^']*)' to|invalid (?:date|timestamp) field format: "([^"]*)"/i.exec(error) ?? [];
  if (text === undefined || !(text.trim() === "" || isMissingWord(text))) return undefined;
  const others = columnsOf(query, tables, /^(?!VARCHAR)/);
  const tokens = sqlTokens(query);
  const places = tokens
    .map((token, at) => ({ token, at }))
    .filter(({ token }) => !["space", "comment"].includes(token.kind));
  const mended = [...tokens];
  const notes: string[] = [];
  for (const [i, { token }] of places.entries()) {
    if (token.kind !== "string" || unquoted(token) !== text) continue;
    const sign = places[i - 1]?.token.text;
    const isUnequal =
      [places[i - 2]?.token.text, sign].join("") === "<>" || [places[i - 2]?.token.text, sign].join("") === "!=";
    const column = places[i - (isUnequal ? 3 : 2)];
    if ((!isUnequal && sign !== "=") || !column || !isName(column.token)) continue;
    const name = unquoted(column.token);
    if (!others.some((one) => equal(one, name))) continue;
    for (let at = column.at + 1; at <= places[i]!.at; at++) mended[at] = { kind: "space", text: "" };
    mended[places[i]!.at] = { kind: "word", text: ` IS ${isUnequal ? "NOT " : ""}NULL` };
    notes.push(`('${text}' was read as no value: ${name} IS ${isUnequal ? "NOT " : ""}NULL)`);
  }
  return notes.length === 0 ? undefined : { query: sqlText(mended), note: [...new Set(notes)].join("\n") };
};
