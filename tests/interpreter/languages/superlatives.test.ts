// An end of an order, before its noun and behind it.
import { expect, test } from "vitest";
import { LANGUAGES } from "../../../interpreter/languages/index.ts";

const endOf = (question: string) => {
  const says = (end: "most" | "least") => LANGUAGES.some((language) => language[end].test(question));
  return says("most") ? (says("least") ? "both" : "most") : says("least") ? "least" : undefined;
};

test.each([
  ["What is the highest mark?", "most"],
  ["Which trip was the longest?", "most"],
  ["Which trip was the shortest?", "least"],
  ["Welches ist die höchste Note?", "most"],
  ["Welche Fahrt war am längsten?", "most"],
  ["Was war die kürzeste Fahrt?", "least"],
  ["¿Cuál es la nota más alta?", "most"],
  ["¿Cuál es el mayor precio?", "most"],
  ["¿Qué viaje fue el más largo?", "most"],
  ["¿Cuál es el tiempo de viaje más corto?", undefined], // three words stand between
  ["¿Cuál es el viaje más corto?", "least"],
  ["¿Cuáles son los precios medios más bajos?", "least"],
  ["Quelle est la plus haute note ?", "most"],
  ["Quelle est la note la plus haute ?", "most"],
  ["Quel est le plus haut sommet ?", "most"],
  ["Quel trajet est le plus long ?", "most"],
  ["Quel est le trajet le plus court ?", "least"],
  ["最高分是多少？", "most"],
  ["哪次行程最长？", "most"],
  ["哪次行程最短？", "least"],
  ["一番長い旅はどれですか?", "most"],
  ["最短の旅はどれですか?", "least"],
  // none
  ["¿La nota es más alta en A?", undefined],
  ["¿Hay una nota más alta?", undefined],
  ["最重要的是什么？", undefined],
  ["Ist die Note höher?", undefined],
  ["La note est-elle plus haute ?", undefined],
])("%s", (question, end) => {
  expect(endOf(question)).toBe(end);
});
