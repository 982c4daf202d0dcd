// Gifts to a charity, a file a year: dollars with commas, refunds in parentheses, month-first dates.
import { delimited, written } from "../formats.mjs";

const DONORS = ["Ames", "Boyd", "Cole", "Diaz", "Ellis", "Ford", "Gray", "Hale", "Irwin", "Jain", "Kerr", "Lowe"];

export function gifts(random) {
  const rows = [2023, 2024].flatMap((year) =>
    Array.from({ length: year === 2023 ? 310 : 345 }, (_, i) => {
      const amount = random.pick([15, 25, 40, 60, 100, 250, 1_250]) + random.integer(0, 99) / 100;
      return {
        receipt: `${year % 100}-${String(i + 1).padStart(4, "0")}`,
        day: random.day(`${year}-01-02`, `${year}-12-30`),
        donor: `${random.pick(DONORS)} ${random.pick(["family", "Foundation", "& Sons", "estate"])}`,
        campaign: random.weighted({ "Clean Rivers": 5, "Food Bank": 7, "School Kits": 3, "Winter Shelter": 4 }),
        channel: random.weighted({ web: 9, mail: 4, event: 2 }),
        amount: random.chance(0.03) ? -amount : amount,
      };
    }),
  );
  const names = ["Receipt no.", "Gift date", "Donor", "Campaign", "Channel", "Amount"];
  const file = (year) => {
    const ofYear = rows.filter(({ day }) => day.startsWith(year));
    const lines = ofYear.map(({ receipt, day, donor, campaign, channel, amount }) => {
      const [, month, dayOfMonth] = day.split("-");
      const dollars = `$${written(Math.abs(amount), 2, ",", ".")}`;
      return [
        receipt,
        `${month}/${dayOfMonth}/${year}`,
        donor,
        campaign,
        channel,
        amount < 0 ? `(${dollars})` : dollars,
      ];
    });
    return delimited([names, ...lines], ",");
  };
  return {
    tables: { gifts: rows },
    files: { "donations_2023.csv": file("2023"), "donations_2024.csv": file("2024") },
  };
}
