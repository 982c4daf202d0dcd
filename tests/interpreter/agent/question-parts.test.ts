import { expect, test } from "vitest";
import {
  quotedTexts,
  unusedNumbers,
  valuesNamed,
  yearsIn,
} from "../../../interpreter/agent/question/question-parts.ts";

test.each([
  ["How many deaths of 'All natural disasters' were there?", [["All natural disasters", false]]],
  ['What is the price of "Blue Pen"?', [["Blue Pen", false]]],
  ["Which disaster other than 'All natural disasters' was worst?", [["All natural disasters", true]]],
  ["Welche außer „Alle“ ist die größte?", [["Alle", true]]],
  ["「合計」以外で最大は?", [["合計", true]]],
  ["What is Anna's and Ben's age?", []],
  ["Quel est l'âge d'Anna ?", []],
])("%s names %j", (question, texts) => {
  expect(quotedTexts(question).map(({ text, isExcluded }) => [text, isExcluded])).toEqual(texts);
});

test.each([
  ["From 1970 to 2010?", ["1970", "2010"]],
  ["In 2016, and 2016 again", ["2016"]],
  ["2005年の人口は?", ["2005"]],
  ["Over 2,016.5 or 12016 units of cars-2016?", []],
  ["In cars_2016.csv", []],
])("%s names the years %j", (question, years) => {
  expect(yearsIn(question)).toEqual(years);
});

test.each([
  ["How many strikes happened at night?", ["Day", "Night"], ["Night"]],
  ["Quelle part des studios est meublée ?", ["studio", "T2"], ["studio"]],
  ["Wie viele Einwohner hat Oslos Zentrum?", ["Oslo", "Lyon"], ["Oslo"]],
  ["How many cars are there?", ["car wash", "car"], []],
  ["How many women?", ["men", "women"], ["women"]],
  ["One other than that", ["other", "USA"], []],
  ["And in F?", ["F", "M"], []],
  ["東京の売上は?", ["東京", "大阪"], ["東京"]],
])("%s names of %j %j", (question, values, named) => {
  expect(valuesNamed(question, values)).toEqual(named);
});

test.each([
  ["グループ1には誰がいますか?", ["1"]],
  ["Who is in 1 group?", []],
])("%s: numbers that no query uses", (question, numbers) => {
  expect(unusedNumbers(question, "select name")).toEqual(numbers);
  expect(unusedNumbers(question, "select name where grp = 1")).toEqual([]);
});
