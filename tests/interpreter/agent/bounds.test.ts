import { describe, expect, test } from "vitest";
import { askedBounds } from "../../../interpreter/agent/sentences/said-bounds.ts";
import { codeThatRan } from "../../../interpreter/tools/facts.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { run } from "./agent-run.ts";

describe("what a question says of a number", () => {
  test.each([
    [">=", "How many took at least 20 minutes?", "How many took 20 minutes or more?", "Which have 20 or more seats?"],
    [">", "How many took more than 20 minutes?", "Which are longer than 20 km?", "How many cost over 20 euros?"],
    ["<=", "How many took at most 20 minutes?", "Which have up to 20 seats?", "Who needs 20 minutes or less?"],
    ["<", "How many took less than 20 minutes?", "Which cost under 20?", "Days below 20 degrees?"],
    [">=", "Wie viele dauerten mindestens 20 Minuten?", "Welche haben 20 Plätze oder mehr?"],
    [">", "Wie viele dauerten mehr als 20 Minuten?", "Wie viele kosten über 20 Euro?"],
    ["<=", "Welche haben höchstens 20 Plätze?", "Welche haben nicht mehr als 20 Plätze?"],
    ["<", "Welche haben weniger als 20 Plätze?", "An wie vielen Tagen lag es unter 20 Grad?"],
    [">=", "¿Cuántos duraron al menos 20 minutos?", "¿Cuántos tienen 20 plazas o más?"],
    [">", "¿Cuántos duraron más de 20 minutos?", "¿Cuáles son superiores a 20?"],
    ["<=", "¿Cuántos tienen como máximo 20 plazas?", "¿Cuántos tienen no más de 20 plazas?"],
    ["<", "¿Cuántos tienen menos de 20 plazas?"],
    [">=", "Combien ont duré au moins 20 minutes ?", "Lesquels ont 20 places ou plus ?"],
    [">", "Combien ont eu plus de 20 minutes de retard ?", "Lesquels ont un prix supérieur à 20 ?"],
    ["<=", "Lesquels ont au plus 20 places ?", "Lesquels ont 20 places ou moins ?"],
    ["<", "Lesquels ont moins de 20 places ?"],
    [">=", "至少20分钟的有多少?", "20分钟以上的有多少?"],
    [">", "超过20分钟的有多少?"],
    ["<=", "不超过20分钟的有多少?", "20分钟以内的有多少?"],
    ["<", "少于20分钟的有多少?", "不到20元的有几个?"],
    [">=", "20分以上遅れたのは何件ですか?"],
    [">", "20分を超えるのは何件ですか?", "20分より長いのは?"],
    ["<=", "20分以下は何件ですか?", "20分以内は?"],
    ["<", "20分未満は何件ですか?", "20分より短いのは?"],
  ])("%s: %s", (bound, ...questions) => {
    for (const question of questions)
      expect([question, askedBounds(question)]).toEqual([question, [{ number: 20, bound }]]);
  });

  test.each(["How many took 20 minutes?", "The top 20 over all", "From 20 to 30", "20分のもの", "Ab 20?"])(
    "%s: nothing of it",
    (question) => {
      expect(askedBounds(question)).toEqual([]);
    },
  );
});

const asked = (question: string, condition: string) => {
  const query = `\`\`\`sql\nSELECT count(*) AS n FROM 'cars.csv' WHERE ${condition}\n\`\`\``;
  return run([query, "It is 7.", "It is 7."], { question, session: fakeSession({ sql: () => oneCell("n", 7) }) });
};

test.each([
  ["horsepower > 150", "horsepower >= 150"],
  ["150 < horsepower AND year > 70", "150 <= horsepower AND year > 70"],
  ["round(horsepower) > 150", "round(horsepower) >= 150"],
])("a query that leaves out the number itself is put right: %s", async (condition, wanted) => {
  const { results, end } = await asked("How many have at least 150 horsepower?", condition);
  expect(codeThatRan(results[0]?.facts ?? [])).toContain(`WHERE ${wanted}`);
  expect(results[0]?.content).toContain("the question asks for >= 150, and the query took > 150");
  expect(end.doubts).toBeUndefined();
});

test.each(["horsepower >= 150", "horsepower > 149", "horsepower BETWEEN 150 AND 999", "NOT horsepower < 150"])(
  "it is in %s",
  async (condition) => {
    const { end } = await asked("How many have at least 150 horsepower?", condition);
    expect(end.doubts).toBeUndefined();
  },
);
