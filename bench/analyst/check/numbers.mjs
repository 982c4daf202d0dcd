// Numbers as people write them, in six languages, and whether one is the wanted number within its rounding.

const SCALES = [
  [1e3, /^\s?(k\b|thousand|tausend|tsd|mille\b|mil\b|千(?!克))/i],
  [1e4, /^\s?[万萬]/],
  [1e6, /^\s?(million|millón|millones|mio\b|百万)/i],
  [1e8, /^\s?[亿億]/],
];

/** Not within a word, a date or a time: the 07 of "H-07", the 03 of "2024-03", the 30 of "12:30". */
const NUMBER =
  /(?<![A-Za-z\d_]|[A-Za-z\d]-|\d[.,/:])-?(?:\d{1,3}(?:[ '’]\d{3})+(?!\d)|\d+)(?:[.,]\d+)*(?:e[+-]?\d+)?/gi;

/**
 * @returns each number of a text as { at, readings }: "1.234" is 1234 or 1.234, whichever was meant; a reading is
 * { value, text, scale }, of which text has the written digits
 */
export function numbersIn(text) {
  return [...plainText(text).matchAll(NUMBER)].map(({ 0: written, index, input }) => {
    const rest = input.slice(index + written.length);
    const scale = SCALES.find(([, word]) => word.test(rest))?.[0] ?? 1;
    return { at: index, readings: readings(written, scale) };
  });
}

/** Digits, spaces and dashes of one kind, as numbers and names are compared in it. */
export function plainText(text) {
  return text
    .normalize("NFKC")
    .replace(/[\u00a0\u202f\u2009]/g, " ")
    .replace(/[−–‑—]/g, "-");
}

/** The number of a cell: of a text as well, for decimals come as such, and people write units beside them. */
export function cellNumber(cell) {
  if (typeof cell === "number") return [{ value: cell, text: String(cell), scale: 1 }];
  const bare = plainText(String(cell)).replace(/^[€$£¥\s]+|[%€$£¥元円\s]+$/g, "");
  return /^-?\d[\d.,' ]*(e[+-]?\d+)?$/.test(bare) ? readings(bare, 1) : [];
}

function readings(written, scale) {
  const bare = written.replace(/[ '’]/g, "");
  const english = bare.replaceAll(",", "");
  const continental = bare.replaceAll(".", "").replace(",", ".");
  return [...new Set([english, continental])]
    .map((text) => ({ value: Number(text) * scale, text, scale }))
    .filter(({ value }) => Number.isFinite(value));
}

function lastDigit(text) {
  const decimals = /\.(\d+)/.exec(text)?.[1].length;
  return decimals === undefined ? 10 ** /0*$/.exec(text)[0].length : 10 ** -decimals;
}

function significantDigits(text) {
  return text.replace(/e.*|\D/gi, "").replace(/^0+/, "").length;
}

/**
 * Whether one of the readings is the wanted number, or that number as people round it. A count is right or wrong.
 * percent: a share, which may be told as a fraction; abs: its sign may be left to words; rough: any rounding will do
 */
export function isNumber(wanted, found, { percent = false, abs = false, rough = false } = {}) {
  const all = percent ? [wanted, wanted / 100] : [wanted];
  const isSame = rough ? isRoughly : isRounded;
  const positive = (value) => (abs ? Math.abs(value) : value);
  return all.some((number) =>
    found.some((reading) => isSame(positive(number), { ...reading, value: positive(reading.value) })),
  );
}

function isRounded(wanted, { value, text, scale }) {
  const error = Math.abs(wanted - value);
  const share = error / Math.abs(wanted);
  if (error === 0 || share < 1e-6) return true;
  if (error > 0.5 && share > 0.01) return false;
  if (Number.isInteger(wanted) && Math.abs(wanted) < 10_000) return false;
  const unit = lastDigit(text) * scale;
  const digits = significantDigits(text);
  if (digits >= 2 && share <= 0.01 && error <= 0.5001 * unit) return true;
  if (digits >= 3 && share <= 0.002 && error < unit) return true; // cut off
  if (Math.abs(wanted) >= 10) return error <= 0.5 && Number.isInteger(value);
  return unit <= 0.011 && error <= 0.0051;
}

function isRoughly(wanted, reading) {
  const error = Math.abs(wanted - reading.value);
  const isHalf = error <= 0.5001 * lastDigit(reading.text) * reading.scale;
  return isRounded(wanted, reading) || (isHalf && error <= 0.1 * Math.abs(wanted));
}
