// Words that ask for what is computed over the times before, and words that look like them.
import { describe, expect, test } from "vitest";
import { asksFor } from "../../../interpreter/languages/index.ts";

describe("a running total", () => {
  test.each([
    "running total of labour by month",
    "What did fares add up to by the end of April and by the end of May?",
    "How much did we sell by the end of each month?",
    "Add up the sales month for month",
    "year-to-date sales by month",
    "der laufende Gesamtumsatz je Monat",
    "Umsatz nach Monat aufaddiert",
    "die Verkäufe, Woche für Woche aufsummiert",
    "lo facturado acumulado mes a mes",
    "Sumando el importe día a día, ¿cuándo superamos mil?",
    "le cumul de pluie jour après jour",
    "le cumul des ventes au fil des mois",
    "les ventes cumulées par mois",
    "销售额按月累计是多少?",
    "売上の月ごとの累計は?",
    "1月から順に足していくと?",
  ])("is asked for: %s", (question) => {
    expect(asksFor(question, "running-total")).toBe(true);
  });

  test.each([
    "How many running shoes were sold by month?",
    "How many orders have we had so far?",
    "Wie hoch sind die laufenden Kosten je Monat?",
    "Wie viele Besuche gab es bisher je Monat?",
    "¿Cuántos acumuladores se vendieron por mes?",
    "le cumul de pluie par mois",
    "les ventes au fil des mois",
    "las ventas día a día",
    "sales month by month",
    "按月的销售额",
  ])("is not: %s", (question) => {
    expect(asksFor(question, "running-total")).toBe(false);
  });
});

describe("a change on the time before", () => {
  test.each([
    "How much up or down on the month before?",
    "Which month had more rides than the month before?",
    "month-on-month growth of sales",
    "How far did the temperature fall from one hour to the next?",
    "Um wie viel sind die Besuche gegenüber dem Vormonat gestiegen?",
    "Um wie viel Grad ist sie von einer Stunde zur nächsten gesunken?",
    "Wie viele mehr als im Monat davor?",
    "¿Cuánto subió respecto al mes anterior?",
    "¿Cuánto bajó de un mes al siguiente?",
    "l'écart d'un mois à l'autre",
    "par rapport au mois précédent",
    "哪个月比上个月涨得最多?",
    "与上月相比变化多少?",
    "前の月より増えた月は?",
    "売上の前月比は?",
  ])("is asked for: %s", (question) => {
    expect(asksFor(question, "change-over-time")).toBe(true);
  });

  test.each([
    "How many rides were there the month after?",
    "Wie viele Besuche waren es von einer Person?",
    "¿Qué porcentaje representa respecto al total?",
    "la part de Lyon par rapport au total",
    "哪个月的销售额最多?",
    "以前の月の売上は?",
  ])("is not: %s", (question) => {
    expect(asksFor(question, "change-over-time")).toBe(false);
  });
});

describe("a moving mean", () => {
  test.each([
    "the three month moving average",
    "a three hour moving mean",
    "rolling 7-day average",
    "for each month the average of that month and the two before it",
    "gleitendes Mittel über drei Monate",
    "der gleitende 7-Tage-Durchschnitt",
    "la media móvil de tres meses",
    "el promedio de tres meses móvil",
    "la moyenne mobile sur trois mois",
    "la moyenne sur sept jours glissante",
    "三个月移动平均",
    "7日間の移動平均",
  ])("is asked for: %s", (question) => {
    expect(asksFor(question, "moving-average")).toBe(true);
  });

  test.each([
    "How much rolling stock was bought?",
    "Wie viele haben gleitende Arbeitszeit?",
    "Combien de portes glissantes par mois ?",
    "the average of that month",
    "los teléfonos móviles y su precio medio",
  ])("is not: %s", (question) => {
    expect(asksFor(question, "moving-average")).toBe(false);
  });
});
