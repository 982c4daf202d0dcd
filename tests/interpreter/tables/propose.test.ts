import { expect, test } from "vitest";
import type { ColumnContext } from "../../../interpreter/tables/column-reading.ts";
import { propose } from "../../../interpreter/tables/propose.ts";

type About = Partial<ColumnContext>;

const readings: readonly [values: string, type: string, about?: About][] = [
  ["1,234.50|987.00", "DOUBLE"],
  ["1.234,50|987,00", "DOUBLE"],
  ["1'234.50|2", "DOUBLE"],
  ["2 145 906|516 092", "BIGINT"],
  ["12,34,567|1,00,000", "BIGINT"],
  ["(1,200.50)|300", "DOUBLE"],
  ["$1,200.00|$45.50", "DOUBLE"],
  ["100 €|1.200,50 €", "DOUBLE"],
  ["12.5%|87%", "DOUBLE"],
  ["$ (1,234.50)|$   7.00|$ -", "DOUBLE"],
  ["(1.234,50 €)|7,00 €", "DOUBLE"],
  ["١٬٢٣٤٫٥|٤٥٦", "DOUBLE"],
  ["１２３|４５", "BIGINT"],
  ["２０２４－０１－３１|２０２４－０２－０１", "DATE"],
  ["2024-03-31T01:30:00+01:00[Europe/Berlin]", "TIMESTAMP"],
  ["1.5e-5|2e3", "DOUBLE"],
  ["\u22125|3|\u20137|- 2", "BIGINT"],
  ["+1.5E+03|-2e-4", "DOUBLE"],
  ["CHF 20.-|CHF 1'234.50", "DOUBLE"],
  ["20,\u2013 €|7,50 €", "DOUBLE"],
  ["100 ZMW|5.5 ZMW", "DOUBLE"],
  ["1,200円|900円", "BIGINT"],
  ["Rs. 1,20,000|Rs. 900", "BIGINT"],
  ["12 kg|7.5 kg", "DOUBLE"],
  ["-3.5cm|10cm", "DOUBLE"],
  ["21 °C|-5 °C", "BIGINT"],
  ["5 m|12 m", "BIGINT"],
  ["1|NA|-|3", "BIGINT"],
  ["12345678901234567.89|1.10", "DECIMAL(38,2)"],
  ["0.12345678901234567|0.5", "DOUBLE"],
  ["123456789012345678", "BIGINT"],
  ["1.234|5.678", "DOUBLE", { decimal: "." }],
  ["1.234|5.678", "BIGINT", { decimal: "," }],
  ["true|FALSE", "BOOLEAN"],
  ["01/02/2024|13/02/2024", "DATE"],
  ["01.02.2024", "DATE"],
  ["31-Dec-2023|05-Jan-2024", "DATE"],
  ["January 5, 2024|Feb 1, 2024", "DATE"],
  ["5. März 2024|12. Dezember 2024", "DATE"],
  ["12 févr. 2024|1er août 2024", "DATE"],
  ["5 de marzo de 2024", "DATE"],
  ["5 января 2024|6 мая 2024", "DATE"],
  ["5 stycznia 2024|6 sierpnia 2024", "DATE"],
  ["5 Mayıs 2024|1 Ağustos 2024", "DATE"],
  ["5. tammikuuta 2024|1. marraskuuta 2024", "DATE"],
  ["2024年1月5日", "DATE"],
  ["2024-W05|2024-W06", "DATE"],
  ["20240131|20240201", "DATE", { name: "day" }],
  ["12/31/2023 11:59 PM|1/2/2024 2:30 AM", "TIMESTAMP"],
  ["2024-01-05T10:00:00+02:00", "TIMESTAMP"],
  ["08:30:00|22:05:00", "TIME"],
  ["8:30 PM|12:05 am", "TIME"],
  ["45:10:00|1:00:00", "INTERVAL"],
];

test.each(readings)("%s is read as %s", (values, type, about = {}) => {
  expect(propose(values.split("|"), { name: "x", ...about }).reading?.type).toBe(type);
});

test.each([
  ["007|12"],
  ["030 123 456|040 987 654"],
  ["555 123 456|555 987 654"],
  ["+4930123456|+4930654321"],
  ["5551234567", { name: "phone" }],
  ["12345678901234567890|1"],
  ["1E5|2E3|3E10"],
  ["2.10.3|2.9.11"],
  ["1.10|1.9", { name: "app version" }],
  ["2.9.11|2.10.12"],
  ["192.168.0.1|10.0.0.1"],
  ["ABC 123|XY 9"],
  ["10-12|3-4"],
  ["€ 5|$ 4"],
  ["12%|5"],
  ["13/02/2024|02/13/2024"],
  ["31/02/2024|01/01/2024"],
  ["NA|-|null"],
  ["North|South"],
  ["Jan 1 2000|soon"],
] as readonly [string, About?][])("%s stays text", (values, about = {}) => {
  expect(propose(values.split("|"), { name: "x", ...about }).reading).toBeUndefined();
});

test.each([
  ["01/02/2024|03/04/2024", {}, "month first (assumed"],
  ["01/02/2024|03/04/2024", { separator: ";" }, "day first (assumed"],
  ["01/02/2024|03/04/2024", { isDayFirst: true }, undefined],
  ["1,234|5,678", { separator: "," }, "1,234 is read as 1234, not as 1.234 (assumed)"],
  ["1,234|5,678", { separator: ";" }, "1,234 is read as 1.234, not as 1234 (assumed)"],
  ["1,234|5,678.5", { separator: "," }, undefined],
  ["1.234|5.678", { separator: ";" }, "1.234 is read as 1.234, not as 1234 (assumed)"],
  ["$5|$6", {}, "amounts in $"],
  ["5 km/h|60 km/h", {}, "numbers in km/h"],
  ["13.02.98|01.03.05", {}, "years of two digits are read as 1970 to 2069"],
  ["1.10|1.1|1.9", {}, "1.10 and 1.1 are read as one number (assumed)"],
  ["1.10|2.50", {}, undefined],
  ["1.000|2.500", { separator: "," }, "1.000 is read as 1.000, not as 1000 (assumed)"],
  ["1.000|0.500", { separator: "," }, undefined],
  ["$ 5|$ -", {}, "$ - is read as 0"],
  ["१२|३४", {}, "digits of another script are read as 0 to 9"],
  ["3:45|12:10", { name: "lap" }, "3:45 is read as hours and minutes (assumed)"],
  ["3:45|12:10", { name: "start" }, undefined],
  ["03:45|12:10", { name: "lap" }, undefined],
  ["2024-03-31T01:30:00|2024-07-31T03:30:00+02:00", {}, "those without a zone as if they were in UTC (assumed)"],
  ["2024-01-31 10:00:00.123456789", {}, "fractions of microseconds are cut off"],
] as readonly [string, About, string | undefined][])("%s of %o: what is assumed is told", (values, about, note) => {
  const told = propose(values.split("|"), { name: "x", ...about }).reading?.note;
  if (note === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(note);
});

test.each([
  ["1,5|2.5", "numbers of several forms are kept as text"],
  ["2024-01-05|05.01.2024", "dates of several forms are kept as text"],
  ["24:00|23:30", "times of 24 hours and more without seconds are kept as text"],
  ["12 boxes|7.5 boxes", "numbers with a unit (boxes) are kept as text, and sort as letters do"],
  ["12 kg|500 g", "numbers with several units (kg, g) are kept as text"],
  ["12 kg|500", "some values have a unit and some have none: they are kept as text"],
  ["12A|14A|3A", "numbers with a unit (A) are kept as text, and sort as letters do"],
  ["12A|14B|3C", undefined], // seats
  ["1.5K|2M|500", "numbers in thousands, millions or more (K, M) are kept as text, and sort as letters do"],
  ["12K|14B", undefined], // seats, too
  ["T1 2024|T2 2023", "quarters are kept as text, and sort as letters do"],
  ["Q1 2024|2024Q2", "quarters of several forms are kept as text, and sort as letters do"],
  ["2024Q1|2023Q4", undefined],
  ["KW 2/2024|KW 12/2024", "weeks are kept as text, and sort as letters do"],
  [`5'11"|6'2"`, "lengths in feet and inches are kept as text, and sort as letters do"],
  ["9h30|14h05", "times of the day are kept as text, and sort as letters do"],
  ["1/2|1 3/4", "days without a year, fractions or ranges are kept as text, and sort as letters do"],
  ["1:45.32|10:02.10", "minutes and seconds are kept as text, and sort as letters do"],
  [`48°51'24"N|2°21'03"E`, "places in degrees and minutes are kept as text, and sort as letters do"],
  ["令和6年1月5日|平成30年12月31日", "days of the Japanese calendar are kept as text, and sort as letters do"],
  ["31.01.|01.02.", "days without a year, fractions or ranges are kept as text, and sort as letters do"],
  [
    "2024-03-31 01:30:00 CET|2024-07-31 03:30:00 CEST",
    "dates with something behind them are kept as text, and sort as letters do",
  ],
  ["<5|~7|12*|3[1]|8", "numbers with marks are kept as text, and sort as letters do"],
  ["31012024|01022024", "days in digits with the year last are kept as text, and sort as letters do"],
  ["2024.09|2024.10|2024.11", "months are kept as text: 2024.10 is not 2024.1"],
  ["Jan-21|Mar-22", "months are kept as text, and sort as letters do"],
  ["janv. 2024|mai 2024", "months are kept as text, and sort as letters do"],
  ["01/2024|12/2023", "months are kept as text, and sort as letters do"],
  ["2024-01|2024-12", undefined], // sorts as it should
  ["Room 12|Room 7", undefined],
  ["Q1 2024|Q4 2023", "quarters are kept as text, and sort as letters do"],
  ["1h 30m|45m", "durations are kept as text, and sort as letters do"],
  ["PT1H30M|P2D", "durations are kept as text, and sort as letters do"],
] as readonly [string, string | undefined][])("%s stays text, and is told: %s", (values, hint) => {
  expect(propose(values.split("|"), { name: "x" })).toEqual({ reading: undefined, ...(hint && { hint }) });
});

test("one value in a hundred that is no number does not make a text of numbers, one in ten does", () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  expect(propose([...numbers(99), "broken"], { name: "x" }).reading?.type).toBe("BIGINT");
  expect(propose([...numbers(9), "broken"], { name: "x" })).toEqual({
    reading: undefined,
    hint: "not only numbers: kept as text",
  });
  expect(propose([...numbers(99), "007"], { name: "x" }).reading).toBeUndefined(); // a code among others
});
