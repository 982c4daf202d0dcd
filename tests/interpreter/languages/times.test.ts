import { expect, test } from "vitest";
import { monthIn, weekdayIn, weekdayNamed } from "../../../interpreter/languages/times.ts";

test.each([
  ["How many trips were there in July?", { month: 7, name: "July" }],
  ["How many in March 2024?", { month: 3, year: 2024, name: "March 2024" }],
  ["Wie viele im März 2024?", { month: 3, year: 2024, name: "March 2024" }],
  ["¿Cuántos hubo en diciembre de 2023?", { month: 12, year: 2023, name: "December 2023" }],
  ["Combien en août ?", { month: 8, name: "August" }],
  ["2024年5月寄出了多少单?", { month: 5, year: 2024, name: "May 2024" }],
  ["7月だけだと?", { month: 7, name: "July" }],
])("%s names a month", (text, month) => {
  expect(monthIn(text)).toEqual(month);
});

test.each([
  "May we see the totals?",
  "Which of them may march on?",
  "From April to October 2024",
  "2024年6月から8月まで",
  "3か月間の平均",
  "By month",
  "Marchers of 2024",
])("%s names none, or several", (text) => {
  expect(monthIn(text)).toBeUndefined();
});

test.each([
  ["How many on Sundays?", "Sunday"],
  ["combien de traversees étaient prévues un dimanche", "Sunday"],
  ["Wie viele an einem Montag?", "Monday"],
  ["¿Cuántos los miércoles?", "Wednesday"],
  ["周六有多少单?", "Saturday"],
  ["金曜日は何件ですか?", "Friday"],
  ["On Mondays and Fridays", undefined],
  ["How many by weekday?", undefined],
])("%s: %s", (text, weekday) => {
  expect(weekdayIn(text)).toBe(weekday);
});

test("a day of the week has its English name", () => {
  expect(["dimanche", "Sonntag", "domingo", "星期日", "日曜日", "Sunday"].map(weekdayNamed)).toEqual(
    Array(6).fill("Sunday"),
  );
  expect(weekdayNamed("someday")).toBeUndefined();
});
