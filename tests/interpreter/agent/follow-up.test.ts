import { expect, test } from "vitest";
import { isFollowUp } from "../../../interpreter/agent/question/follow-up.ts";

test.each([
  "And for 2014?",
  "Only for 2014, please.",
  "How many of those are from the USA?",
  "Who directed it?",
  "Et en Californie (CA) ?",
  "¿Y cuántos ganó el equipo local?",
  "那2014年呢?",
  "その平均は?",
  "2005年呢?",
  "2014年は?",
  "2014年だけだと?",
  "東京なら?",
  "男性だけ",
  "Only the males.",
])("%s leans on the question before", (question) => {
  expect(isFollowUp(question)).toBe(true);
});

test.each([
  "What is the mean temp_max by weather?",
  "Which day was the hottest?",
  "Combien de jours ont eu plus de 20 mm ?",
  "¿Cuál es la media?",
  "平均气温是多少?",
  `And ${"so ".repeat(30)}on?`,
])("%s stands by itself", (question) => {
  expect(isFollowUp(question)).toBe(false);
});
