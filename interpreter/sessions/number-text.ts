const EXACT = 15; // significant digits that a double always holds
const WRITTEN = 12; // digits of a number that somebody wrote down: more are the tail of a division
const ROUNDED = 7; // digits of such a tail
const DECIMALS = 4; // at least, where the whole part is long
const SHORT = /^-?\d+(?:\.\d{1,4})?$/; // no tail, however long the whole part is: 12345678901234.56

/** A number as it is meant, without what adding up left behind the digits that a double holds: 0.1 + 0.2 is 0.3. */
export function exactText(value: number): string {
  const own = String(value);
  return Number.isInteger(value) || SHORT.test(own) ? own : String(Number(value.toPrecision(EXACT)));
}

/**
 * A number with all digits that matter: cents of a large sum, coordinates, prices as they are in the table. What has no
 * end, as 1/3, is rounded to seven digits, or to four decimals where that is more.
 */
export function numberText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  if (SHORT.test(String(value))) return String(value);
  const exact = value.toPrecision(EXACT);
  const digits = exact.replace(/e.*$/, "").replace(/\D/g, "").replace(/^0+/, "").replace(/0+$/, "");
  if (digits.length <= WRITTEN) return exactText(value);
  const whole = Math.trunc(Math.abs(value));
  const needed = whole === 0 ? ROUNDED : Math.max(ROUNDED, String(whole).length + DECIMALS);
  return String(Number(value.toPrecision(Math.min(needed, EXACT))));
}
