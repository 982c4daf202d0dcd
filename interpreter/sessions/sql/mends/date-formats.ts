// How a date is written, as other databases say it: strftime's signs for the same.

/** MySQL's signs that mean something else to strftime. */
const MYSQL: Readonly<Record<string, string>> = {
  "%M": "%B",
  "%i": "%M",
  "%s": "%S",
  "%h": "%I",
  "%W": "%A",
  "%c": "%-m",
  "%e": "%-d",
  "%k": "%-H",
  "%l": "%-I",
  "%T": "%H:%M:%S",
  "%r": "%I:%M:%S %p",
  "%D": "%-d",
  "%v": "%V",
  "%x": "%G",
};

/** Words of patterns as Oracle, PostgreSQL, Java and .NET have them; the longest of those that begin alike stands first. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(yyyy|rrrr|uuuu)/i, "%Y"],
  [/^(yy|rr)/i, "%y"],
  [/^month/i, "%B"],
  [/^mmmm/i, "%B"],
  [/^mon|^mmm/i, "%b"],
  [/^mi/i, "%M"],
  [/^day/i, "%A"],
  [/^dddd|^eeee/i, "%A"],
  [/^ddd/, "%a"], // DDD is the day of the year
  [/^ddd/i, "%j"],
  [/^dy|^eee/i, "%a"],
  [/^dd/i, "%d"],
  [/^hh24/i, "%H"],
  [/^hh12/i, "%I"],
  [/^HH/, "%H"],
  [/^hh/, "%I"],
  [/^ss/i, "%S"],
  [/^iw|^ww/i, "%V"],
  [/^a\.?m\.?|^p\.?m\.?|^a$/i, "%p"],
];

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d{2}-\d{2}$/, "%Y-%m-%d"],
  [/^\d{4}-\d{2}$/, "%Y-%m"],
  [/^(1[89]|20|21)\d{2}$/, "%Y"],
];

/** '%H:%i' -> '%H:%M' */
export function fromMySql(format: string): string {
  return format.replace(/%[A-Za-z]/g, (sign) => MYSQL[sign] ?? sign);
}

/** 'YYYY-MM' -> '%Y-%m', 'dd.MM.yyyy HH:mm' -> '%d.%m.%Y %H:%M'; undefined where a letter says something else. */
export function fromWords(pattern: string): string | undefined {
  let format = "";
  for (let rest = pattern; rest !== ""; ) {
    const quoted = /^"([^"]*)"/.exec(rest);
    const [words, sign] = WORDS.find(([one]) => one.test(rest)) ?? [];
    const [found = ""] = words?.exec(rest) ?? [];
    if (quoted) {
      format += quoted[1];
      rest = rest.slice(quoted[0].length);
    } else if (sign !== undefined) {
      format += sign;
      rest = rest.slice(found.length);
    } else if (/^mm/i.test(rest)) {
      format += isMinutes(rest, format) ? "%M" : "%m";
      rest = rest.slice(2);
    } else if (/^[^\p{L}%]/u.test(rest) || /^T(?=HH)/.test(rest)) {
      format += rest[0];
      rest = rest.slice(1);
    } else return undefined;
  }
  return format.includes("%") ? format : undefined;
}

/** mm is the minutes behind hours, or before seconds; Oracle writes MI for them. */
function isMinutes(rest: string, before: string): boolean {
  return rest.startsWith("mm") && (/%[HI]:?$/.test(before) || /^mm:?ss/.test(rest));
}

/** The format that a date as text is written in: '2024-08' -> '%Y-%m' */
export function formatOfText(text: string): string | undefined {
  return SHAPES.find(([shape]) => shape.test(text))?.[1];
}
