import { expect, test } from "vitest";
import { exactText, numberText } from "../../../interpreter/sessions/number-text.ts";

test.each([
  [12345678901234.56, "12345678901234.56", "12345678901234.56"],
  [-98765432109876.5, "-98765432109876.5", "-98765432109876.5"],
  [267645.10000000003, "267645.1", "267645.1"],
  [0.1 + 0.2, "0.3", "0.3"],
  [0.7 + 0.1, "0.8", "0.8"],
  [1 / 3, "0.333333333333333", "0.3333333"],
  [2000000 / 3, "666666.666666667", "666666.6667"],
  [1.5e-7, "1.5e-7", "1.5e-7"],
  [1e300, "1e+300", "1e+300"],
])("%d is %s in a table, and %s in text", (value, exact, text) => {
  expect([exactText(value), numberText(value)]).toEqual([exact, text]);
});
