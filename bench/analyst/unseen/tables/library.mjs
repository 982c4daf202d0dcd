// A library: loans in Parquet, members in CSV, where some lines were pasted twice; some members never borrowed.
import { delimited } from "../formats.mjs";

const FIRST = ["Ada", "Bela", "Chidi", "Dana", "Emeka", "Freya", "Goran", "Hana", "Ivo", "Jun", "Kira", "Liam"];
const LAST = ["Abbott", "Brandt", "Costa", "Dufour", "Eze", "Fabre", "Grau", "Holm", "Ito", "Jansen", "Kovac", "Lopez"];
const TITLES = ["Salt Roads", "The Tin Kite", "Moss", "Nine Bridges", "Winter Ledger", "Harbour Lights", "Owl Hours"];

export function library(random) {
  const members = Array.from({ length: 144 }, (_, i) => ({
    member_no: String(57 + i * 11).padStart(6, "0"),
    full_name: `${FIRST[i % 12]} ${LAST[(i + Math.floor(i / 12)) % 12]}`,
    branch: random.weighted({ Central: 5, Eastgate: 3, "Mill Lane": 2, Riverside: 3 }),
    birth_year: random.integer(1938, 2014),
  }));
  const borrowers = members.filter(() => random.chance(0.85));
  const loans = Array.from({ length: 900 }, (_, i) => {
    const borrowed_on = random.day("2024-01-03", "2024-11-30");
    const days = Math.max(1, random.normal(19, 8));
    const late = days > 28;
    const isOut = random.chance(0.06);
    return {
      loan_id: 40_001 + i,
      member_no: random.pick(borrowers).member_no,
      title: random.pick(TITLES),
      genre: random.weighted({ crime: 6, history: 3, poetry: 1, science: 3, travel: 2 }),
      borrowed_on,
      returned_on: isOut ? null : new Date(Date.parse(borrowed_on) + days * 86_400_000).toISOString().slice(0, 10),
      renewals: Number(random.weighted({ 0: 6, 1: 3, 2: 1 })),
      fine_paid: late && !isOut ? Number((0.35 * (days - 28)).toFixed(2)) : 0,
    };
  });
  const lines = members.map(Object.values);
  const pasted = [5, 60, 99, 130].map((i) => lines[i]);
  const names = Object.keys(members[0]);
  return {
    tables: { loans, members },
    files: {
      "loans.parquet": { parquet: "FROM loans" },
      "members.csv": delimited([names, ...lines, ...pasted], ","),
    },
  };
}
