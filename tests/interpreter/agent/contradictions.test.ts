import { describe, expect, test } from "vitest";
import { resultSentence } from "../../../interpreter/agent/forms/result-sentence.ts";
import { computedFrom, keyedResult } from "../../../interpreter/agent/keyed-result.ts";
import { contradictions } from "../../../interpreter/agent/sentences/contradictions.ts";
import { ENGLISH, LANGUAGES, type Language } from "../../../interpreter/languages/index.ts";
import type { SqlResult } from "../../../interpreter/sessions/session.ts";
import { randomNumbers } from "../../engine/kernels/linear-sources.ts";

function tableOf(columns: Record<string, string>, ...rows: readonly unknown[][]): SqlResult {
  const names = Object.keys(columns);
  return {
    columns: names.map((name) => ({ name, type: columns[name]! })),
    rows: rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]]))),
    rowCount: rows.length,
  };
}

const CARS = tableOf({ origin: "VARCHAR", n: "BIGINT" }, ["USA", 254], ["Europe", 73], ["Japan", 79]);
const SHARES = tableOf(
  { region: "VARCHAR", returned_share: "DOUBLE" },
  ["North", 9.63],
  ["South", 7.1],
  ["East", 11.24],
  ["West", 8.005],
);
const YEARS = tableOf({ year: "BIGINT", sales: "DOUBLE" }, [2013, 120.5], [2014, 110.25], [2015, 90]);

const RATINGS = tableOf({ rating: "VARCHAR", n: "BIGINT" }, ["R", 1194], ["G", 94]);

const WITH_TOTALS = tableOf({ region: "VARCHAR", units: "BIGINT" }, ["North", 15], ["North Total", 15], ["South", 8]);
const MONTHS = tableOf(
  { month: "BIGINT", orders: "BIGINT", price: "DOUBLE" },
  [3, 3, 3333],
  [4, 3, 3636],
  [8, 2, 2323],
);

function against(answer: string, table: SqlResult, language: Language = ENGLISH, asked: readonly number[] = []) {
  return contradictions(answer, { result: keyedResult(table, undefined)!, language, asked });
}

describe("what the result says otherwise", () => {
  test.each([
    ["Japan has 254 cars.", CARS, /254 is of USA, not of Japan/],
    ["There are 254 cars from Europe, 73 from the USA and 79 from Japan.", CARS, /254 is of USA.*73 is of Europe/],
    ["USA: 254\nEurope: 79\nJapan: 73", CARS, /79 is of Japan.*73 is of Europe/],
    ["The USA and Japan have 79 and 254 cars.", CARS, /79 is of Japan, not of USA/],
    ["62.6 % of the cars are from Japan.", CARS, /62.6 is of USA, not of Japan/],
    ["The returned share was 9.63 by region.", SHARES, /the result has 4 rows, and 9.63 is of North only/],
    ["The returned share for North, South and East was 9.63.", SHARES, /9.63 is of North, not of South/],
    ["El porcentaje de North, South y East es 9.63.", SHARES, /9.63 is of North, not of South/],
    ["The returned share was 9.63.", SHARES, /of North only/],
    ["The North has the highest returned share, 9.63.", SHARES, /highest returned_share is 11.24, of East/],
    ["Most cars are from Europe.", CARS, /highest n is 254, of USA, not of Europe/],
    [
      "The USA has the most cars (254), while Japan has the fewest (79).",
      CARS,
      /lowest n is 73, of Europe, not of Japan/,
    ],
    ["Japan has more cars than the USA.", CARS, /Japan has not more than USA/],
    [
      "Europe has 73 cars; it has fewer than Japan. The USA has fewer cars than Japan.",
      CARS,
      /USA has not less than Japan/,
    ],
    ["Sales rose over the years.", YEARS, /sales goes from 120.5 in 2013 to 90 in 2015/],
    ["Sales increased from 120.5 in 2013 to 90 in 2015.", YEARS, /goes from 120.5/],
    ["There are 5 regions.", SHARES, /has 4 rows, not 5/],
    ["The three places with the most cars have 254 cars each.", CARS, /has 3 rows, and 254 is of USA only/],
    ["Ratingごとの本数は1194です。", RATINGS, /1194 is of R only/],
    ["The total units by region is 15.", WITH_TOTALS, /has 3 rows, and 15 is of North and North Total only/],
    ["The total price is 3333 CHF. The number of orders per month is 3.", MONTHS, /has 3 rows, and 3333 is of 3 only/],
    ["The numbers are 254, 73, and 79.", CARS, /254, 73, 79 are told without what each belongs to/],
    ["The sales from 2013 to 2015 were 110.25, 90 and 120.5.", YEARS, /110.25, 90, 120.5 are told without/],
  ] as const)("%s", (answer, table, fact) => {
    expect(against(answer, table).join("; ")).toMatch(fact);
  });
});

describe("what can be true is left alone", () => {
  test.each([
    ["The USA has 254 cars, Europe 73 and Japan 79.", CARS],
    ["The highest price is 3636, of 3 orders.", MONTHS],
    ["254 cars are from the USA, 79 from Japan and 73 from Europe.", CARS],
    ["The USA has the most cars (254), and Europe has the fewest (73).", CARS],
    ["The USA has 254 cars, 175 more than Japan.", CARS],
    ["Japan's 79 cars are fewer than the 254 of the largest group.", CARS],
    ["The second highest number of cars is Japan's, 79.", CARS],
    ["Japan does not have the most cars.", CARS],
    ["Most of Japan's cars are small, and at most 254 are from one place.", CARS],
    ["Japan has the most efficient cars.", CARS],
    ["Japan has more cars than Europe.", CARS],
    ["There are 406 cars in all.", CARS],
    ["There are 3 origins.", CARS],
    ["The cars come from USA, Europe and Japan.", CARS],
    ["About 63 % of the cars are from the USA.", CARS],
    ["19.5 % are from Japan, 18 % from Europe.", CARS],
    ["The highest share is 11.24.", SHARES],
    ["The returned share is lowest in the South (7.1).", SHARES],
    ["West has 8.01, North 9.6.", SHARES],
    ["Sales fell from 120.5 in 2013 to 90 in 2015.", YEARS],
    ["In 2014 the sales were 110.25, lower than in 2013.", YEARS],
    ["Sales did not rise.", YEARS],
    ["In 2014 they fell, and 2015 rose in importance.", YEARS],
    ["The most cars, 254, are from one place.", CARS],
    ["R has 1194.", RATINGS],
    ["USA, Japan and Europe have 254, 79 and 73 cars.", CARS],
    ["It has data of 2013, 2014 and 2015.", YEARS],
    ["The two together have 254, 3 more than in 1970, 1971 and 1972.", CARS],
  ] as const)("%s", (answer, table) => {
    expect(against(answer, table)).toEqual([]);
  });

  test("a number of the question is not one of the result", () => {
    expect(against("Of the regions over 9.63, East is one.", SHARES, ENGLISH, [9.63])).toEqual([]);
  });
});

const KEYS = ["Oslo", "Lyon", "New York", "York", "München", "São Paulo", "O'Hara", "北京", "Saint-Denis", "Ann & Bob"];
const SUPERLATIVE: Readonly<Record<string, (key: string, isMost: boolean) => string>> = {
  en: (key, isMost) => `${key} has the ${isMost ? "highest" : "lowest"} value.`,
  de: (key, isMost) => `${key} hat den ${isMost ? "höchsten" : "niedrigsten"} Wert.`,
  es: (key, isMost) => `${key} tiene el ${isMost ? "mayor" : "menor"} valor.`,
  fr: (key, isMost) => `${key} a la valeur la plus ${isMost ? "élevée" : "faible"}.`,
  zh: (key, isMost) => `${key}的数值最${isMost ? "高" : "低"}。`,
  ja: (key, isMost) => `${key}の値が最も${isMost ? "高い" : "低い"}です。`,
};

/** Distinct keys with distinct values, so far apart that rounding keeps them apart. */
function generated(seed: number): { table: SqlResult; pairs: [string, number][] } {
  const next = randomNumbers(seed);
  const keys = [...KEYS].sort(() => next() - 0.5).slice(0, 3 + Math.floor(next() * 5));
  const start = 20 + Math.floor(next() * 400);
  const pairs = keys.map((key, i) => [key, Number((start * (1.3 + 0.3 * next()) ** i).toFixed(2))] as [string, number]);
  pairs.sort(() => next() - 0.5);
  return { table: tableOf({ city: "VARCHAR", price: "DOUBLE" }, ...pairs), pairs };
}

describe.each(LANGUAGES)("generated results, told in $code", (language) => {
  const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

  test("a sentence that is made from the result holds, and with two values swapped it does not", () => {
    for (const seed of seeds) {
      const { table, pairs } = generated(seed);
      expect(against(resultSentence(table, language), table, language)).toEqual([]);
      const [[a, one], [b, two], ...rest] = pairs as [[string, number], [string, number], ...[string, number][]];
      const swapped = tableOf({ city: "VARCHAR", price: "DOUBLE" }, [a, two], [b, one], ...rest);
      expect(against(resultSentence(swapped, language), table, language).length).toBeGreaterThan(0);
    }
  });

  test("the highest and the lowest hold for their keys only", () => {
    for (const seed of seeds) {
      const { table, pairs } = generated(seed);
      const sorted = [...pairs].sort((x, y) => x[1] - y[1]).map(([key]) => key);
      for (const key of sorted) {
        const say = SUPERLATIVE[language.code]!;
        expect(against(say(key, true), table, language).length > 0).toBe(key !== sorted.at(-1));
        expect(against(say(key, false), table, language).length > 0).toBe(key !== sorted[0]);
      }
    }
  });
});

test("sums, means, shares, and the difference of two, are not from nowhere", () => {
  const numbers = computedFrom(keyedResult(tableOf({ k: "VARCHAR", n: "BIGINT" }, ["a", 10], ["b", 30]), undefined)!);
  expect(numbers).toEqual(expect.arrayContaining([2, 40, 20, 25, 75, -20, 3, 200]));
});

test("what the query groups by is a key, though it is a number", () => {
  const table = tableOf({ cylinders: "BIGINT", n: "BIGINT" }, [4, 207], [6, 84]);
  expect(keyedResult(table, "SELECT Cylinders, count(*) AS n FROM cars GROUP BY 1")?.keyColumns).toEqual(["cylinders"]);
  expect(keyedResult(table, undefined)).toBeUndefined();
  const years = tableOf({ 'year("Day")': "BIGINT", n: "BIGINT" }, [1999, 941], [1998, 907]);
  const query = 'SELECT year("Day"), count(*) AS n FROM strikes GROUP BY year("Day")';
  expect(keyedResult(years, query)?.keyColumns).toEqual(['year("Day")']);
  const result = keyedResult(table, "SELECT Cylinders, count(*) AS n FROM cars GROUP BY 1")!;
  const said = { result, language: ENGLISH, asked: [] };
  expect(contradictions("The number of each is 4 and 6.", said)).toEqual([
    "4, 6 are told without what each belongs to",
  ]);
  expect(contradictions("4: 207, 6: 84", said)).toEqual([]);
  expect(contradictions("The number of each is 207.", said)).toEqual(["the result has 2 rows, and 207 is of 4 only"]);
  expect(contradictions("Those with 4 are 207.", { ...said, asked: [4] })).toEqual([]);
});

describe("a key that is denied by itself, and another", () => {
  const languageOf = (code: string) => LANGUAGES.find((one) => one.code === code)!;
  test.each([
    ["en", "Not Japan but the USA has the most cars.", "Not the USA but Japan has the most cars."],
    ["de", "Die meisten Autos hat nicht Japan, sondern USA.", "Die meisten Autos hat nicht USA, sondern Japan."],
    [
      "fr",
      "Ce n'est pas Japan, mais USA qui a le plus grand nombre.",
      "Japan et non USA a le plus grand nombre de voitures.",
    ],
    ["es", "No es Japan sino USA el que tiene el mayor número.", "No es USA sino Japan el que tiene el mayor número."],
    ["zh", "不是Japan而是USA的汽车最多。", "不是USA而是Japan的汽车最多。"],
    ["ja", "車が最も多いのはJapanではなくUSAです。", "車が最も多いのはUSAではなくJapanです。"],
  ])("in %s", (code, right, wrong) => {
    expect(against(right, CARS, languageOf(code))).toEqual([]);
    expect(against(wrong, CARS, languageOf(code))).toEqual([
      expect.stringMatching(/highest n is 254, of USA, not of Japan/),
    ]);
  });

  test.each(["Neither Japan nor Europe has the most cars.", "Not only Japan but also Europe has not the most cars."])(
    "%s says nothing of one of them",
    (sentence) => expect(against(sentence, CARS)).toEqual([]),
  );
});
