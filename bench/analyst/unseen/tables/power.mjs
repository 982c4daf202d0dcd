// Electricity of a town's buildings by month, German: tabs, decimal commas, meters that were not read.
import { delimited, written } from "../formats.mjs";

const BUILDINGS = [
  ["Rathaus", "Verwaltung", 18_400],
  ["Bauhof", "Betrieb", 7_900],
  ["Hallenbad", "Sport", 41_300],
  ["Turnhalle Süd", "Sport", 9_600],
  ["Grundschule Ost", "Schule", 12_750],
  ["Gymnasium", "Schule", 22_100],
  ["Stadtbücherei", "Kultur", 6_300],
  ["Museum", "Kultur", 8_850],
];

export function power(random) {
  const readings = BUILDINGS.flatMap(([building, use, base]) =>
    Array.from({ length: 36 }, (_, i) => {
      const season = 1 + 0.22 * Math.cos((2 * Math.PI * (i % 12)) / 12);
      const kwh = Number((base * season * (1 - 0.004 * i) * (1 + random.normal(0, 0.05, 4))).toFixed(1));
      const isRead = !random.chance(building === "Turnhalle Süd" ? 0.2 : 0.03);
      return {
        building,
        use,
        month: `${2022 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, "0")}-01`,
        kwh: isRead ? kwh : null,
        cost: Number((kwh * (0.27 + 0.004 * i)).toFixed(2)),
      };
    }),
  );
  const names = ["gebaeude", "nutzung", "monat", "verbrauch_kwh", "kosten_eur"];
  const lines = readings.map(({ building, use, month, kwh, cost }) => [
    building,
    use,
    month.slice(0, 7),
    written(kwh, 1, ".", ","),
    written(cost, 2, ".", ","),
  ]);
  return { tables: { readings }, files: { "stromverbrauch.tsv": delimited([names, ...lines], "\t") } };
}
