// A German medical practice: semicolons, decimal commas, day-first dates, Windows-1252, numbers with leading zeros.
import { dayFirst, delimited, windows1252, written } from "../formats.mjs";

const MEAN_COST = { Augenheilkunde: 85, Dermatologie: 70, Kardiologie: 160, Orthopädie: 110, Pädiatrie: 55 };

export function practice(random) {
  const appointments = Array.from({ length: 640 }, (_, i) => {
    const dept = random.weighted({ Augenheilkunde: 5, Dermatologie: 8, Kardiologie: 4, Orthopädie: 7, Pädiatrie: 10 });
    const came = random.chance(dept === "Dermatologie" ? 0.82 : 0.93);
    return {
      no: String(10_417 + i * 3).padStart(7, "0"),
      day: random.day("2024-01-02", "2024-12-20"),
      dept,
      insurance: random.weighted({ gesetzlich: 70, privat: 22, Selbstzahler: 8 }),
      came,
      wait: came ? Math.max(1, random.normal(dept === "Orthopädie" ? 34 : 24, 9)) : null,
      cost: came ? Math.max(12, random.normal(MEAN_COST[dept], 22, 2)) : null,
    };
  });
  const names = ["Termin-Nr", "Datum", "Fachbereich", "Versicherung", "Erschienen", "Wartezeit (min)", "Kosten in €"];
  const lines = appointments.map(({ no, day, dept, insurance, came, wait, cost }) => [
    no,
    dayFirst(day, "."),
    dept,
    insurance,
    came ? "ja" : "nein",
    wait,
    written(cost, 2, ".", ","),
  ]);
  return {
    tables: { appointments },
    files: { "Termine 2024.csv": windows1252(delimited([names, ...lines], ";")) },
  };
}
