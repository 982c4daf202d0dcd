// One number as it is written, in its parts: sign, currency, digits, exponent, percent, unit.

export const SPACES = " \u00a0\u202f\u2009";
export const APOSTROPHES = "'’";
const SIGNS =
  "US\\$|R\\$|A\\$|C\\$|[$€£¥₹₩₽₺₪฿₴₸₫₱円元원]|zł|kr\\.?|Kč|Fr\\.?|lei|лв\\.?|руб\\.?|Rs\\.?|Ft|usd|eur|gbp|chf|inr";
const CODES = ["RMB", ...Intl.supportedValuesOf("currency")].join("|"); // of ISO 4217
const CURRENCY = `(?:${SIGNS}|${CODES})`;
/** Those that stand right behind the digits as well; of one letter only behind a blank: 12A and 14A are seats. */
const UNITS = [
  "kg mg µg lbs? oz km cm mm µm nm mi ft yd ml cl dl hl gal m² m2 km² km2 ha m³ m3 cm3 [kMG]?Wh kW MW mV kV mA [kMG]?Hz",
  "°C? °F h?Pa kPa m?bar psi kJ k?cal [kKMGT]i?B km/h mph m/s rpm px dB pp[mb] ‰ min mins ms sec hrs? hours days years",
  "Jahre Tage Std\\.? Stk\\.? pcs",
].flatMap((line) => line.split(" "));
const LETTER_UNITS = "[mgtlLhsWVANJ]"; // K and B may be thousands and billions
export const MINUS = "[-\u2212\u2013]";
export const WHOLE = "[.,](?:--?|\u2013|\u2014)"; // 20.- has no cents
export const SPACE = `[${SPACES}]`;
const BODY = `[0-9.,${SPACES}${APOSTROPHES}]*[0-9][0-9.,]*`;
export const EXPONENT = "[eE][-+]?[0-9]{1,3}";
const AFFIXED = new RegExp(
  `^(?<open>\\()?(?<sign>${MINUS}|\\+)?${SPACE}?(?<before>${CURRENCY})?${SPACE}*(?<inside>\\()?(?<inner>${MINUS})?(?<body>${BODY}?)(?<exponent>${EXPONENT})?(?:${WHOLE})?` +
    `${SPACE}?(?:(?<after>${CURRENCY}|%)|(?<unit>${UNITS.join("|")}|(?<=${SPACE})${LETTER_UNITS}))?(?<trailing>-)?(?<close>\\))?$`,
  "u",
);

/** Nothing, as accountants write it: $ -. */
export const DASH = `${SPACE}*[-\u2212\u2013\u2014]`;
const NOTHING = new RegExp(`^(?<currency>${CURRENCY})${DASH}$`, "u");

export interface NumberParts {
  readonly body: string;
  readonly exponent: string;
  readonly currency: string;
  readonly isPercent: boolean;
  readonly unit: string;
  readonly isNegative: boolean;
  readonly isAffixed: boolean; // with more than a minus right before its digits
  readonly hasPlus: boolean;
  readonly isDash: boolean;
}

export function numberParts(value: string): NumberParts | undefined {
  const nothing = NOTHING.exec(value)?.groups?.["currency"];
  if (nothing !== undefined) {
    const plain = { exponent: "", isPercent: false, unit: "", isNegative: false, hasPlus: false };
    return { ...plain, body: "0", currency: nothing, isAffixed: true, isDash: true };
  }
  const found = AFFIXED.exec(value)?.groups;
  if (!found?.["body"]) return undefined;
  const { sign, inner, before, after, unit, trailing, close } = found;
  const open = found["open"] ?? found["inside"];
  if ((open === undefined) !== (close === undefined) || (found["inside"] && found["open"])) return undefined;
  const isNegative = [sign, inner].some((one) => one !== undefined && one !== "+") || (trailing ?? open) !== undefined;
  const isPercent = after === "%";
  const currency = before ?? (isPercent ? "" : (after ?? ""));
  if (before !== undefined && (unit !== undefined || (after !== undefined && !isPercent))) return undefined;
  const { body, exponent = "" } = found;
  const isAffixed = value !== `${isNegative ? "-" : ""}${body}${exponent}`;
  const hasPlus = sign === "+";
  return { body, exponent, currency, isPercent, unit: unit ?? "", isNegative, isAffixed, hasPlus, isDash: false };
}
