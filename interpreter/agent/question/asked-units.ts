// Units that a question wants its numbers in, and what one of another unit is in them: "in km", "in hours", "in minutes and seconds".

export interface Unit {
  readonly text: string; // behind a number, as the question says it
  readonly of: "length" | "time" | "weight" | "speed";
  readonly size: number; // in the smallest of its kind here
  readonly named: RegExp; // as a question, or a column, names it
}

/** Thousands in Spanish, and millions. */
const OTHER = /^en miles$|^(?:in|en) [A-Z]$/;
const HAN = /^[\p{Script=Han}\p{Script=Katakana}]/u;

/** Parts of a name are between others: "distance_km", "distance m". */
function unit(text: string, of: Unit["of"], size: number, words: string): Unit {
  const [latin, han] = [false, true].map((isHan) =>
    words
      .split("|")
      .filter((one) => HAN.test(one) === isHan)
      .join("|"),
  );
  const named = `(?<![\\p{Script=Latin}\\d/])(?:${latin})(?![\\p{Script=Latin}\\d/])${han ? `|(?:${han})` : ""}`;
  return { text, of, size, named: new RegExp(named, "iu") };
}

export const UNITS: readonly Unit[] = [
  unit("km/h", "speed", 1 / 3.6, "km/h|km_?h|kmh|kph|Stundenkilometern?|公里每小时|時速"),
  unit("m/s", "speed", 1, "m/s|mps|Metern? pro Sekunde|mètres par seconde|metros por segundo|metres per second"),
  unit(
    "km",
    "length",
    1000,
    "km|kilometers?|kilometres?|Kilometern?|kilómetros?|kilomètres?|公里|千米|キロ(?:メートル)?",
  ),
  unit("m", "length", 1, "m|met(?:er|re)s?|Metern?|metros?|mètres?|米|メートル"),
  unit("cm", "length", 0.01, "cm|centimet(?:er|re)s?|Zentimetern?|centímetros?|centimètres?|厘米|センチ(?:メートル)?"),
  unit("mm", "length", 0.001, "mm|millimet(?:er|re)s?|Millimetern?|milímetros?|millimètres?|毫米|ミリ(?:メートル)?"),
  unit("mi", "length", 1609.344, "miles?|Meilen|millas?|英里|マイル"),
  unit("d", "time", 86400, "days?|Tagen?|días?|jours?|天|日"),
  unit("h", "time", 3600, "h|hours?|hrs?|Stunden?|horas?|heures?|小时|時間"),
  unit("min", "time", 60, "min|mins|minutes?|Minuten?|minutos?|分钟?"),
  unit("s", "time", 1, "s|secs?|seconds?|Sek|Sekunden?|segundos?|secondes?|秒钟?"),
  unit("t", "weight", 1e6, "t|tonn?e?s?|Tonnen|toneladas?|吨|トン"),
  unit("kg", "weight", 1000, "kg|kilos?|kilograms?|Kilogramm|kilogramos?|kilogrammes?|公斤|千克|キロ(?:グラム)"),
  unit("g", "weight", 1, "g|grams?|Gramm|gramos?|grammes?|克|グラム"),
  unit("lb", "weight", 453.592, "lbs?|磅"),
];

/** Both, as "52 min 52 s". */
const IN_PARTS =
  /(?<!\p{L})(?:in|en|auf) (minut\p{L}+|hours|Stunden|horas|heures) (?:and|und|y|et) (seconds|Sekunden|segundos|secondes|minut\p{L}+)(?!\p{L})|(分|小时|時間)(?:と|和)(秒|分)/iu;
const IN = /(?<!\p{L})(?:in|en|auf)\s+(?:(?:whole|full|ganzen?|vollen?)\s+)?$/iu;
const END =
  /^\s*(?:$|[.,;:?!)。，、]|(?:with|and|rounded|please|to|mit|und|gerundet|bitte|auf|con|y|redondead\p{L}*|por favor|avec|et|arrondi\p{L}*|s['’]il|svp)(?!\p{L}))/iu;
const BEHIND_HAN = /^(?:为单位|为單位|单位|表示|単位|で(?:答|教|表|お願い|\s*[。、]|\s*$))/u;

/** One unit, or a greater and a smaller one; none where the question asks for none. */
export function askedUnits(question: string): readonly Unit[] {
  const parts = (IN_PARTS.exec(question) ?? []).slice(1).filter(Boolean);
  if (parts.length === 2)
    return parts.flatMap((text) => [unitNamed(text)].flatMap((one) => (one ? { ...one, text } : [])));
  const [asked] = UNITS.flatMap((one) =>
    [...question.matchAll(new RegExp(one.named.source, "giu"))].flatMap(({ 0: text, index }) => {
      const before = question.slice(0, index);
      const behind = question.slice(index + text.length);
      const isHan = HAN.test(text);
      const isAsked = isHan
        ? BEHIND_HAN.test(behind) && !/\d\s*$/.test(before)
        : IN.test(before) && END.test(behind) && !OTHER.test(before.slice(-3) + text);
      return isAsked ? [{ ...one, text }] : [];
    }),
  );
  return asked ? [asked] : [];
}

/** The one that a text names; undefined where it names none, or several of a kind. */
export function unitNamed(text: string, of?: Unit["of"]): Unit | undefined {
  const spaced = text.replaceAll("_", " ");
  const [found, ...others] = UNITS.filter((one) => (of === undefined || one.of === of) && one.named.test(spaced));
  return others.length > 0 ? undefined : found;
}

/** The unit of what a query computes, by the columns that it names; undefined where they tell none, or several. */
export function unitOfQuery(query: string, of: Unit["of"]): Unit | undefined {
  const difference = /date_?(?:diff|sub)\(\s*'(\w+)'/i.exec(query)?.[1];
  if (difference !== undefined) return unitNamed(difference, of);
  const names = [...query.replace(/'(?:[^']|'')*'/g, "").matchAll(/"([^"]+)"|[\p{L}_][\p{L}\p{N}_]{2,}/gu)];
  const units = new Set(names.flatMap(([name, quoted]) => unitNamed(quoted ?? name, of) ?? []));
  return units.size === 1 ? [...units][0] : undefined;
}
