import { type AskedFunction, saysInAnyLanguage } from "../languages/index.ts";

const FUNCTIONS: readonly AskedFunction[] = ["corr", "median", "quantile_cont", "stddev", "dayname"];

/** A line that names the functions which the question needs; "" if it needs none of them. Small models make theirs up. */
export function sqlFunctions(question: string): string {
  const calls = FUNCTIONS.filter((call) => saysInAnyLanguage(question, ({ functions }) => functions[call]));
  return calls.length === 0 ? "" : `(Use the function ${calls.join(", ")}.)`;
}
