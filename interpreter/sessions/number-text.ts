const EXACT = 15; // significant digits that a double always holds
const ADDED = 13; // digits that are left of a long sum
const FEW = 9; // of them, in a sum of amounts
const WRITTEN = 12; // digits of a number that somebody wrote down: more are the tail of a division
const ROUNDED = 7; // digits of such a tail
const DECIMALS = 4; // at least, where the whole part is long
const SHORT = /^-?\d+(?:\.\d{1,4})?$/; // no tail, however long the whole part is: 12345678901234.56

/**
 * A number as it is meant, without what adding up left behind the digits that a double holds: 0.1 + 0.2 is 0.3, and
 * 82613.08999999998, of some hundred prices, 82613.09. What somebody wrote has fewer digits, and all of them stay.
 */
export function exactText(value: number): string {
  const own = String(value);
  if (Number.isInteger(value) || SHORT.test(own)) return own;
  const sum = String(Number(value.toPrecision(ADDED)));
  const isSum = digitsOf(own) > EXACT && digitsOf(sum) <= FEW;
  return isSum ? sum : String(Number(value.toPrecision(EXACT)));
}

/** Significant ones. */
function digitsOf(text: string): number {
  return text
    .replace(/e.*$/, "")
    .replace(/\D/g, "")
    .replace(/^0+|0+$/g, "").length;
}

/**
 * A number with all digits that matter: cents of a large sum, coordinates, prices as they are in the table. What has no
 * end, as 1/3, is rounded to seven digits, or to four decimals where that is more.
 */
export function numberText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  if (SHORT.test(String(value))) return String(value);
  const exact = value.toPrecision(EXACT);
  if (digitsOf(exact) <= WRITTEN) return exactText(value);
  const whole = Math.trunc(Math.abs(value));
  const needed = whole === 0 ? ROUNDED : Math.max(ROUNDED, String(whole).length + DECIMALS);
  return String(Number(value.toPrecision(Math.min(needed, EXACT))));
}
