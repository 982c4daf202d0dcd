import { describe, expect, test } from "vitest";
import { repeatsItself } from "../../../interpreter/agent/repeats-itself.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { COUNT, run } from "./agent-run.ts";

const ENDLESS = `The stations are ${"Oslo, ".repeat(40)}`;

test.each([
  ENDLESS,
  `駅は${"浜町、".repeat(30)}浜`,
  "and and and and and and and and and and and and and",
  "SELECT a, a, a, a, a, a, a, a, a, a, a, a, a",
])("%s repeats itself", (text) => expect(repeatsItself(text)).toBe(true));

test.each([
  "The result is 0.000000000000000000000000",
  `| a | b |\n|${" --- |".repeat(20)}`,
  `${"Oslo, ".repeat(40)} and Lyon are all that there is.`,
  "Oslo, Oslo, Oslo and Lyon, Lyon, Lyon",
  "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13",
  `Wait${".".repeat(60)}`,
  "",
])("%s does not", (text) => expect(repeatsItself(text)).toBe(false));

describe("an answer that says the same words for ever", () => {
  const question = "How many cars are there?";

  test("is cut where it begins to, and told from the result", async () => {
    const { end, model } = await run([COUNT, ENDLESS], {
      question,
      session: fakeSession({ sql: () => oneCell("n", 406) }),
    });
    expect(end).toMatchObject({ reason: "answered", answer: "n is 406." });
    expect(end.doubts).toBeUndefined();
    expect(model.requests).toHaveLength(2);
  });

  test("with a doubt, where the result is too long to be told", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => ({ name: `car ${i}` }));
    const table = { columns: [{ name: "name", type: "VARCHAR" }], rows, rowCount: 50 };
    const { end } = await run([COUNT, ENDLESS], { question, session: fakeSession({ sql: () => table }) });
    expect(end).toMatchObject({ answer: "The result has 50 rows; the table shows them." });
    expect(end.doubts).toEqual([expect.stringContaining("again and again")]);
  });

  test("is none where nothing ran: the model is asked again, and then the task ends", async () => {
    const { end, model } = await run([ENDLESS, ENDLESS], { question });
    expect(String(model.requests[1]?.messages.at(-1)?.content)).toContain("one short sentence");
    expect(end).toMatchObject({ reason: "repeated", answer: "" });
  });
});
