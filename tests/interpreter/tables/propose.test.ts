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
  ["1.5e-5|2e3", "DOUBLE"],
  ["\u22125|3", "BIGINT"],
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
] as readonly [string, About, string | undefined][])("%s of %o: what is assumed is told", (values, about, note) => {
  const told = propose(values.split("|"), { name: "x", ...about }).reading?.note;
  if (note === undefined) expect(told).toBeUndefined();
  else expect(told).toContain(note);
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
