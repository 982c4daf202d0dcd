// How people ask for what is counted on over times, and words that look like it.
import { describe, expect, test } from "vitest";
import {
  asksForMovingMean,
  asksForRunningTotal,
  changeAsked,
  halfReached,
  mostChange,
  movingWidth,
  stepByStep,
} from "../../../interpreter/languages/time-steps.ts";

describe("a running total", () => {
  test.each([
    "running total of labour by month for 2024 please",
    "What did fares add up to by the end of April, by the end of May?",
    "How much had we sold so far at the end of each month?",
    "Umsatz nach Monat aufaddiert",
    "die Verkäufe Monat für Monat aufsummiert",
    "die kumulierten Umsätze je Monat",
    "le cumul de pluie jour après jour",
    "le cumul des ventes au fil des mois",
    "le total cumulé par mois",
    "lo facturado acumulado mes a mes",
    "Sumando el importe mes a mes",
    "el total de ventas acumulado por mes",
    "销售额按月累计",
    "売上の月ごとの累計",
    "1月から順に足していくと",
  ])("is asked for: %s", (question) => {
    expect(asksForRunningTotal(question)).toBe(true);
  });

  test.each([
    "How many running shoes were sold by month?",
    "What do the fares add up to by month?",
    "How many orders have there been so far?",
    "die laufenden Kosten je Monat",
    "Wie viele waren es bisher je Monat?",
    "le cumul de pluie par mois",
    "la lluvia acumulada por mes",
    "las ventas mes a mes",
    "每月的销售额",
    "月ごとの売上",
  ])("is not: %s", (question) => {
    expect(asksForRunningTotal(question)).toBe(false);
  });
});

describe("a change", () => {
  test.each([
    ["how much up or down on the month before, each", "month"],
    ["Which month had more rides than the month before?", "month"],
    ["How did it change from one hour to the next?", "hour"],
    ["month-on-month change", "month"],
    ["Um wie viel gestiegen gegenüber dem Vormonat?", "month"],
    ["Wie viel mehr als am Vortag?", "day"],
    ["Um wie viel gesunken von einer Stunde zur nächsten?", "hour"],
    ["¿Cuánto subió respecto al mes anterior?", "month"],
    ["¿Cuánto bajó de un día al siguiente?", "day"],
    ["l'écart par rapport au mois précédent", "month"],
    ["de combien ça baisse d'une semaine à l'autre", "week"],
    ["哪个月比上个月涨得最多", "month"],
    ["与上月相比变化多少", "month"],
    ["环比变化", undefined],
    ["前の月より増えた月は?", "month"],
    ["売上の前年比は?", "year"],
  ])("on the time before: %s", (question, step) => {
    expect(changeAsked(question)).toEqual({ step });
  });

  test.each([
    "What were the sales in the previous month?",
    "Which orders came on the day before Christmas?",
    "How many more sales were there in May?",
    "Was war am Vortag?",
    "las ventas del mes anterior",
    "les ventes du mois précédent",
    "上个月的销售额是多少",
    "前の月の売上は?",
  ])("is none: %s", (question) => {
    expect(changeAsked(question)).toBeUndefined();
  });

  test.each([
    ["In which month did games fall most against the month before?", "fall"],
    ["What was the biggest increase on the day before?", "rise"],
    ["Um wie viel Grad höchstens gesunken?", "fall"],
    ["¿En qué mes subió más?", "rise"],
    ["Quel mois a le plus baissé ?", "fall"],
    ["哪个月涨得最多", "rise"],
    ["一番減ったのは何月?", "fall"],
    ["How much did it rise or fall?", undefined],
    ["What was the largest rise and the largest fall?", undefined],
  ])("the most of it: %s", (question, kind) => {
    expect(mostChange(question)).toBe(kind);
  });
});

describe("a moving mean", () => {
  test.each([
    ["three month moving average", 3, "month"],
    ["the 7-day rolling mean", 7, "day"],
    ["a three hour moving mean (each hour and the two before it)", 3, "hour"],
    ["the average of that month and the two before it", 3, undefined],
    ["gleitender 3-Monats-Durchschnitt", 3, "month"],
    ["gleitendes Dreimonatsmittel", 3, "month"],
    ["gleitender Durchschnitt über sieben Tage", 7, "day"],
    ["la media móvil de tres meses (el mes y los dos anteriores)", 3, "month"],
    ["moyenne mobile sur sept jours", 7, "day"],
    ["3个月移动平均", 3, "month"],
    ["七天移动平均", 7, "day"],
    ["3か月移動平均", 3, "month"],
    ["7日間の移動平均", 7, "day"],
  ])("%s is over %d", (question, count, step) => {
    expect(asksForMovingMean(question)).toBe(true);
    expect(movingWidth(question)).toEqual({ count, step });
  });

  test.each([
    "the moving average of sales",
    "3 month and 6 month moving average",
    "centred 3 month moving average",
    "zentrierter gleitender 3-Monats-Durchschnitt",
  ])("%s says no width, or several", (question) => {
    expect(movingWidth(question)).toBeUndefined();
  });

  test.each([
    "How much rolling stock is there on average?",
    "the average of three months",
    "gleitende Arbeitszeit",
    "the mean price",
  ])("is not: %s", (question) => {
    expect(asksForMovingMean(question)).toBe(false);
  });
});

test.each([
  ["month by month", "month"],
  ["by the end of each week", "week"],
  ["Tag für Tag", "day"],
  ["día a día", "day"],
  ["mois après mois", "month"],
  ["逐月", "month"],
  ["月ごと", "month"],
  ["in May", undefined],
])("%s is by %s", (question, step) => {
  expect(stepByStep(question)).toBe(step);
});

test.each([
  ["In which month did we pass half of it?", true],
  ["¿en qué mes superamos la mitad?", true],
  ["in welchem Monat war die Hälfte überschritten?", true],
  ["Show the running total for half of the shops", false],
])("%s: half is reached", (question, is) => {
  expect(halfReached(question)).toBe(is);
});
