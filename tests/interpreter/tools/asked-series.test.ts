import { expect, test } from "vitest";
import { chartTool } from "../../../interpreter/index.ts";
import { contextOver } from "../sessions/notebook-session.ts";

const days = Array.from({ length: 30 }, (_, i) => `2024-03-${String(i + 1).padStart(2, "0")}`);
const FILES = {
  "levels.csv": `day,station,note,level\n${days.map((day, i) => `${day},${["Nord", "Süd"][i % 2]},n${i},${i}`).join("\n")}\n`,
};

const context = contextOver(FILES);

const drawn = async (question: string, more: object = {}) => {
  const options = { table: "levels.csv", mark: "line", x: "day", y: "level", ...more };
  const { cell } = await chartTool.call(JSON.stringify(options), { ...context(), question });
  return cell;
};

test.each([
  "Plot the level over time, one line per station.",
  "Zeichne den Verlauf von level, je station eine Linie.",
  "Traza el nivel por día, una línea por station.",
  "Trace le niveau par jour, une ligne pour chaque station.",
  "画出level随时间的变化，每个station一条线。",
  "levelの推移をstationごとの折れ線で描いてください。",
  "Plot the level of the stations over time.",
])("%s", async (question) => {
  expect(await drawn(question)).toContain('color: "station"');
  expect(await drawn(question, { mark: "bar", timeUnit: "week", aggregate: "mean" })).toContain('color: "station"');
});

test("no series by the time itself, which makes a line of each moment", async () => {
  const cell = await drawn("Plot the mean level by month.", { color: "day", timeUnit: "month", aggregate: "mean" });
  expect(cell).not.toContain("color:");
});

test.each([
  "Plot the number of measurements by month.",
  "Zeichne die Zahl der Messungen je Monat als Linie.",
  "Dibuja el número de mediciones por mes.",
  "Trace le nombre de mesures par mois.",
  "请画出每月测量次数的折线图。",
  "測定の件数を月ごとに折れ線グラフで見せて。",
])("no series that the model adds of itself: %s", async (question) => {
  const counted = { y: undefined, timeUnit: "month", aggregate: "count", color: "station" };
  expect(await drawn(question, counted)).not.toContain("color:");
});

test.each([
  "Plot the level by month and station.",
  "Plot the level by month in the North (Nord) only.",
  "Plot the level by month, compared.",
  "And by month?",
  "Zeichne level je Monat und Bahnhof.",
])("a series that may be meant stays: %s", async (question) => {
  expect(await drawn(question, { timeUnit: "month", aggregate: "mean", color: "station" })).toContain("color:");
});

test.each([
  ["that the question does not name", "Plot the level over time.", {}],
  ["of too many values", "Plot the level over time by note.", {}],
  [
    "that stands on the other axis",
    "Draw the mean level by station.",
    { mark: "bar", x: "station", aggregate: "mean" },
  ],
  ["that small multiples show", "Plot the level over time, a chart for each station.", { facet: "station" }],
])("no series by a column %s", async (_case, question, more) => {
  expect(await drawn(question, more)).not.toContain("color:");
});
