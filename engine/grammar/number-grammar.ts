// Which texts are a number within limits, as a grammar (EBNF of XGrammar): what the library makes of limits lets numbers
// pass that are past them by a fraction, and ignores some.

export interface NumberLimits {
  readonly isInteger: boolean;
  readonly least?: Limit | undefined;
  readonly most?: Limit | undefined;
}

interface Limit {
  readonly value: number;
  readonly isOpen: boolean; // the value itself is not allowed
}

/** A limit's digits, without its sign. */
interface Magnitude {
  readonly whole: bigint;
  readonly fraction: string; // digits behind the point, without zeros at the end
  readonly isOpen: boolean;
}

const MAX_DIGITS = 15; // of a limit, before and behind the point; past them it is not held
/** Before and behind the point of an answer's number: small models write zeros without end where they may. */
const MAX_WRITTEN = 19;
const EXPONENT = "([eE] [+-]? [0-9]{1,3})?";
const ZERO: Magnitude = { whole: 0n, fraction: "", isOpen: false };

/** Undefined: nothing fits. A limit of too many digits is left out. */
export function numberGrammar({ isInteger, least, most }: NumberLimits): string | undefined {
  const isFree = !isInteger && !least && !most;
  if (isFree) return `"-"? ("0" | [1-9] [0-9]{0,${MAX_WRITTEN - 1}}) ("." [0-9]{1,${MAX_WRITTEN}})? ${EXPONENT}`;
  const [low, high] = [shortOnly(least), shortOnly(most)];
  const texts: string[] = [];
  if (!high || high.value >= 0) {
    texts.push(...magnitudes(low && low.value >= 0 ? magnitude(low) : ZERO, high && magnitude(high), isInteger));
  }
  if (!low || low.value < 0) {
    const nearest = high && high.value < 0 ? magnitude(high) : { ...ZERO, isOpen: true };
    texts.push(...magnitudes(nearest, low && magnitude(low), isInteger).map((text) => `"-" ${text}`));
  }
  return anyOf(texts);
}

/** Whole multiples, told by the remainder of the digits so far. */
export function multipleGrammar(name: string, divisor: number): string {
  const state = (remainder: number) => `${name}_${remainder}`;
  const digit = (before: number) => (value: number) => `"${value}" ${state((before * 10 + value) % divisor)}`;
  const digits = Array.from({ length: 10 }, (_, value) => value);
  const rules = Array.from({ length: divisor }, (_, remainder) => {
    const next = digits.map(digit(remainder));
    return `${state(remainder)} ::= ${[...(remainder === 0 ? ['""'] : []), ...next].join(" | ")}`;
  });
  const first = digits.slice(1).map(digit(0)).join(" | ");
  return [`${name} ::= "0" | "-"? (${first})`, ...rules].join("\n");
}

function shortOnly(limit: Limit | undefined): Limit | undefined {
  if (!limit) return undefined;
  const [whole = "", fraction = ""] = decimal(limit.value).split(".");
  return whole.length > MAX_DIGITS || fraction.length > MAX_DIGITS ? undefined : limit;
}

function magnitude({ value, isOpen }: Limit): Magnitude {
  const [whole = "0", fraction = ""] = decimal(value).split(".");
  return { whole: BigInt(whole), fraction, isOpen };
}

/** Without sign and exponent. */
function decimal(value: number): string {
  const [digits = "", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const [first = "0", rest = ""] = digits.split(".");
  const point = 1 + Number(exponent);
  const all = first + rest;
  if (point <= 0) return `0.${"0".repeat(-point)}${all}`;
  const whole = all.slice(0, point).padEnd(point, "0");
  const fraction = all.slice(point).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}

/** Numbers without sign from `low` to `high`, as alternatives. */
function magnitudes(low: Magnitude, high: Magnitude | undefined, isInteger: boolean): string[] {
  const end = (from: Magnitude | undefined, to: Magnitude | undefined) => fractions(from, to, isInteger);
  const at = (whole: bigint, fraction: string | undefined) =>
    fraction === undefined ? [] : [`"${whole}" ${fraction}`];
  if (high && high.whole < low.whole) return [];
  if (high?.whole === low.whole) return at(low.whole, end(low, high));
  const between = wholes(low.whole + 1n, high && high.whole - 1n);
  return [
    ...at(low.whole, end(low, undefined)),
    ...(between === undefined ? [] : [`${between} ${end(undefined, undefined)}`]),
    ...(high ? at(high.whole, end(undefined, high)) : []),
  ];
}

function wholes(low: bigint, high: bigint | undefined): string | undefined {
  const first = String(low);
  if (high === undefined) {
    return anyOf([
      ...sameLength(first, "9".repeat(first.length)),
      `[1-9] [0-9]{${first.length}} [0-9]{0,${MAX_WRITTEN - first.length - 1}}`,
    ]);
  }
  if (high < low) return undefined;
  const last = String(high);
  const texts: string[] = [];
  for (let length = first.length; length <= last.length; length++) {
    const from = length === first.length ? first : `1${"0".repeat(length - 1)}`;
    texts.push(...sameLength(from, length === last.length ? last : "9".repeat(length)));
  }
  return anyOf(texts);
}

/** From one whole number to another, both of so many digits. */
function sameLength(low: string, high: string): string[] {
  if (low === "") return ['""'];
  const [from, to] = [Number(low[0]), Number(high[0])];
  const rest = low.length - 1;
  const [zeros, nines] = ["0".repeat(rest), "9".repeat(rest)];
  const behind = (digit: number, a: string, b: string) => `"${digit}" ${anyOf(sameLength(a, b))}`;
  if (from === to) return [behind(from, low.slice(1), high.slice(1))];
  const lowest = low.slice(1) === zeros ? from : from + 1;
  const highest = high.slice(1) === nines ? to : to - 1;
  return [
    ...(lowest > from ? [behind(from, low.slice(1), nines)] : []),
    ...(lowest <= highest ? [`[${lowest}-${highest}]${rest > 0 ? ` [0-9]{${rest}}` : ""}`] : []),
    ...(highest < to ? [behind(to, zeros, high.slice(1))] : []),
  ];
}

/** What follows the whole part; undefined: nothing may, not even the end. */
function fractions(low: Magnitude | undefined, high: Magnitude | undefined, isInteger: boolean): string | undefined {
  const aboveLow = !low || (low.fraction === "" && !low.isOpen);
  const belowHigh = high?.fraction !== "" || !high.isOpen;
  const mayEnd = aboveLow && belowHigh;
  const more = isInteger ? undefined : digits(low, high, true);
  if (more === undefined) return mayEnd ? '""' : undefined;
  return mayEnd ? `("." ${more})?` : `"." ${more}`;
}

type DigitLimit = Pick<Magnitude, "fraction" | "isOpen"> | undefined;

/** Digits behind the point, after those by which a limit is still to be told. */
function digits(low: DigitLimit, high: DigitLimit, isFirst = false): string | undefined {
  if (low?.fraction === "" && !low.isOpen) return digits(undefined, high, isFirst);
  if (high?.fraction === "" && (high.isOpen || low)) return undefined;
  if (high?.fraction === "") return isFirst ? '"0"' : '"0"?';
  if (!high && !low) return `[0-9]{${isFirst ? 1 : 0},${MAX_WRITTEN}}`;
  if (!high && low?.fraction === "") return `[0-9]{0,${MAX_DIGITS}} [1-9] [0-9]{0,${MAX_DIGITS}}`;
  const texts = !low && !isFirst ? ['""'] : [];
  const [from, to] = [Number(low?.fraction[0] ?? 0), Number(high?.fraction[0] ?? 9)];
  for (let digit = from; digit <= to; digit++) {
    const behind = digits(digit === from ? rest(low) : undefined, digit === to ? rest(high) : undefined);
    if (behind !== undefined) texts.push(`"${digit}" ${behind}`);
  }
  return anyOf(texts);
}

const rest = (limit: DigitLimit): DigitLimit => limit && { ...limit, fraction: limit.fraction.slice(1) };

function anyOf(texts: readonly string[]): string | undefined {
  return texts.length === 0 ? undefined : `(${texts.join(" | ")})`;
}
