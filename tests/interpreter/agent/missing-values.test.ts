import { expect, test } from "vitest";
import { missingHint } from "../../../interpreter/agent/missing-values.ts";
import type { TableInfo } from "../../../interpreter/index.ts";

const FILMS: TableInfo = {
  name: "'films.csv'",
  kind: "file",
  rowCount: 3,
  columns: ["Title", "Director", "Rotten Tomatoes Rating", "Rating", "speed"].map((name) => ({
    name,
    type: "VARCHAR",
  })),
};
const IS_NULL = '"Rotten Tomatoes Rating" IS NULL';

test.each([
  ["How many films have no Rotten Tomatoes rating?", `WHERE ${IS_NULL}`],
  ["Combien de films n'ont pas de note Rotten Tomatoes ?", `WHERE ${IS_NULL}`],
  ["Bei wie vielen Filmen fehlt der Director?", 'WHERE "Director" IS NULL'],
  ["¿Cuántas no tienen velocidad (speed)?", 'WHERE "speed" IS NULL'],
  ["哪些电影没有导演(Director)?", 'WHERE "Director" IS NULL'],
  ["What percentage of the films has no director?", `FILTER (WHERE "Director" IS NULL)`],
  ["Quel pourcentage des films n'a pas de note Rotten Tomatoes ?", `FILTER (WHERE ${IS_NULL})`],
])("%s is told: %s", (question, hint) => expect(missingHint(question, [FILMS])).toContain(hint));

test.each([
  "How many films have a director?",
  "How many films have no award?",
  "What share of the films without a director has a title?",
])("%s needs none, or not for certain", (question) => expect(missingHint(question, [FILMS])).toBe(""));
