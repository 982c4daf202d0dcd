import { describe, expect, test } from "vitest";
import { changeRequest } from "../../../interpreter/agent/question/asked-change.ts";
import { isChange } from "../../../interpreter/agent/question/follow-up.ts";

const answered = (language: string, code: string) => [
  { role: "user" as const, content: "Question" },
  { role: "assistant" as const, content: `\`\`\`${language}\n${code}\n\`\`\`` },
  { role: "user" as const, content: "Result:\n1" },
  { role: "assistant" as const, content: "It is 1." },
];
const SQL = "SELECT origin, avg(mpg)\nFROM 'cars.csv'\nGROUP BY origin";
const CHART = '{"table": "cars.csv", "mark": "bar", "x": "origin"}';

describe("a question that changes the one before", () => {
  test.each([
    "And by month?",
    "By month?",
    "Only for women",
    "No, I meant 1990",
    "As a line",
    "Without Japan",
    "Nach Monat?",
    "Nein, ich meinte 1990",
    "Als Linie",
    "Non, je voulais dire 1990",
    "Par mois ?",
    "¿Por mes?",
    "Como línea",
    "按月呢?",
    "不是,我是说1990年",
    "月ごとに",
    "折れ線グラフで",
    "すみません、1990年の間違いでした",
    "1980年ではなく1990年",
    "抱歉,我说错了,是1990年",
    "Entschuldigung, 1990",
    "Perdón, en 1990",
    "Pardon, en 1990",
    "Oops, 1990",
  ])("%s: is handed the query as what is to be changed", (question) => {
    expect(changeRequest(question, answered("sql", SQL), false)).toBe(
      "(Change only what I ask for in this query, and keep the rest: SELECT origin, avg(mpg) FROM 'cars.csv' GROUP BY origin)",
    );
  });

  test("a chart is changed as a chart, whether the question names one or not", () => {
    for (const asksForChart of [true, false])
      expect(changeRequest("As a line", answered("chart", CHART), asksForChart)).toBe(
        `(Change only what I ask for in this \`\`\`chart block, and keep the rest: ${CHART})`,
      );
  });

  test("a chart of the query before", () => {
    expect(changeRequest("Now as a bar chart", answered("sql", SQL), true)).toBe(
      "(Answer with a ```chart block. Of the query before: SELECT origin, avg(mpg) FROM 'cars.csv' GROUP BY origin)",
    );
  });
});

test.each([
  "By how much did the price rise, and which was the most expensive?",
  "What is the mean weight by origin?",
  "In which year were the most movies made?",
  "Für welche Stadt gibt es die meisten Zeilen?",
  "Por año, ¿cuántas películas hay?",
  `Only ${"those of the year that the others came from ".repeat(3)}`,
])("%s stands by itself", (question) => {
  expect(isChange(question)).toBe(false);
  expect(changeRequest(question, answered("sql", SQL), false)).toBe("");
});

test("without a turn before there is nothing to change", () => {
  expect(changeRequest("And by month?", [], false)).toBe("");
  expect(changeRequest("Draw a bar chart of mpg", [], true)).toBe("(Answer with a ```chart block.)");
});
