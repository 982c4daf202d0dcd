// A query of bookings_2023.csv, where the question is about all bookings; and one of all of them, where it is about 2023.

import { wholeWord } from "../../escape-regexp.ts";
import { withoutAccents } from "../../name-words.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier, quoted } from "../../sessions/sql/database.ts";
import { patternExpression } from "../../sessions/sql/file-patterns.ts";
import type { Mended } from "../../sessions/sql/mends/mend.ts";
import { quoteFiles } from "../../sessions/sql/mends/names.ts";
import { nextSign, previousText, type SqlToken, sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { patternOf } from "../../sessions/sql/table-families.ts";
import { hasAlias } from "../../sessions/sql/united-files.ts";
import { fileOf, isCalled, queryNames } from "../../sessions/table-info.ts";
import { yearsIn } from "../question/question-parts.ts";
import { type SaidFile, saidFiles } from "../question/said-files.ts";
import type { Asked, Rewrite } from "./rewrite.ts";
import { sideOf } from "./sides-of-years.ts";

/** Files that are told as one table are read as one, unless the question says which of them, by its name or by a part of it. */
export const wholeFamilies: Rewrite = (query, asked) => {
  const families = asked.tables.filter(({ files = [] }) => files.length > 0);
  const changes = families.flatMap((family) => asMeant(query, family, asked) ?? []);
  const [first, ...others] = changes;
  return others.length > 0 ? undefined : first;
};

function asMeant(query: string, family: TableInfo, asked: Asked): Mended | undefined {
  const { name, files = [] } = family;
  const names = [name, ...files];
  if (names.some((one) => wholeWord(fileOf({ name: one })).test(asked.question))) return undefined;
  const tokens = sqlTokens(
    quoteFiles(
      query,
      names.map((one) => fileOf({ name: one })),
    ),
  );
  const places = tokens.map((token, i) =>
    isRead(tokens, i) ? names.find((one) => isCalled(unquoted(token), { name: one })) : undefined,
  );
  const [read, ...more] = new Set(places.filter((one) => one !== undefined));
  if (read === undefined || more.length > 0) return undefined; // they are compared, or united
  const said = saidIn(family, asked);
  const target = read === name ? someOf(family, said, query, asked) : otherThan(read, family, said, asked);
  if (target === undefined || target === read) return undefined;
  const text = identifier(fileOf({ name: target }));
  const isAliased = places.some((one, i) => one !== undefined && hasAlias(tokens, i));
  const isOwner = (i: number) =>
    !isAliased && nextSign(tokens, i) === "." && isCalled(unquoted(tokens[i]!), { name: read });
  const meant = sqlText(tokens.map((token, i) => (places[i] !== undefined || isOwner(i) ? { ...token, text } : token)));
  const why =
    target === name
      ? `of ${files.length} files of one kind the question names none`
      : `the question says ${said[0]?.said ?? ""}`;
  return { query: meant, note: `(read from ${target}: ${why})` };
}

/** What the query is to read instead of one of the files; undefined where it may stay. */
function otherThan(read: string, { name }: TableInfo, said: readonly SaidFile[], asked: Asked): string | undefined {
  if (said.length === 0) return queryNames(asked.before, { name: read }) ? undefined : name; // it goes on with that file
  return said.length === 1 && said[0]?.name === read ? undefined : saidName(asked, said);
}

/** Of all files only those that the question says something of, where the query does not, by a column of its own. */
function someOf(family: TableInfo, said: readonly SaidFile[], query: string, asked: Asked): string | undefined {
  const { columns, fileColumn } = family;
  const words = (text: string) => withoutAccents(text).replaceAll("_", " ");
  const isWordOf = (text: string) =>
    said.some((one) => one.said.split(" ").some((word) => wholeWord(word).test(words(text))));
  const isByFile = fileColumn === undefined || wholeWord(fileColumn).test(query);
  const isLeftOut = !isByFile && !isWordOf(query) && !columns.some(({ name }) => isWordOf(name));
  return isLeftOut ? saidName(asked, said) : undefined;
}

/** The file that the question says something of, or the pattern that several and no others fit. */
function saidName({ tables }: Asked, said: readonly SaidFile[]): string | undefined {
  if (said.some(({ isCertain }) => !isCertain)) return undefined;
  const names = said.map((one) => fileOf(one));
  if (names.length < 2) return said[0]?.name;
  const all = new Set(tables.flatMap(({ name, files = [name] }) => files).map((name) => fileOf({ name })));
  const isExact = (pattern: string | undefined) => {
    const expression = pattern === undefined ? undefined : patternExpression(pattern, { ignoreCase: true });
    return [...all].filter((name) => expression?.test(name)).length === names.length;
  };
  const pattern = [patternOf(names), patternOf(names, { isNarrow: true })].find(isExact);
  return pattern === undefined ? undefined : quoted(pattern);
}

/** In the question, or where it leans on another one, in the last that says something. */
function saidIn(family: TableInfo, { question, standsAlone, earlier }: Asked): SaidFile[] {
  const questions = [question, ...(standsAlone ? [] : earlier.split("\n").reverse())];
  for (const text of questions) {
    const [year, ...others] = yearsIn(text);
    const isSide = year !== undefined && others.length === 0 && sideOf(text, year) !== undefined; // since 2023
    const said = saidFiles(family, isSide ? text.replace(year, "") : text);
    if (said.length > 0) return said;
  }
  return [];
}

function isRead(tokens: readonly SqlToken[], i: number): boolean {
  const isNamed = ["string", "quoted", "word"].includes(tokens[i]!.kind);
  return isNamed && /^(from|join|,)$/i.test(previousText(tokens, i)) && nextSign(tokens, i) !== ".";
}
