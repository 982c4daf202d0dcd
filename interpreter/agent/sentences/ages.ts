// Older and younger are words for more and less where ages are told, and where years of birth are for less and more.
import type { Language } from "../../languages/index.ts";

const AGE = /(?:^|[^\p{L}])(?:age|ages|alter|lebensalter|edad|âge|âges)(?:$|[^\p{L}])|年[龄齢]/iu;

/** Words for the ends of an order, and between its higher and its lower one. */
const WORDS = {
  most: /\boldest\b|ältest\p{L}*|(?:más viej[oa]|mayor de edad)|plus âgée?s?|年[龄齢]最大|最年長|最年长/iu,
  least: /\byoungest\b|jüngst\p{L}*|más joven|plus jeunes?|年[龄齢]最小|最年少|最年轻/iu,
  moreThan: /\bolder\b[^.;,]*\bthan\b|(?<!\p{L})älter\b[^.;,]*\bals\b/iu,
  lessThan: /\byounger\b[^.;,]*\bthan\b|(?<!\p{L})jünger\b[^.;,]*\bals\b/iu,
} as const;

/** The language with these words, where all that a result measures is ages. */
export function withAges(language: Language, measures: readonly string[]): Language {
  if (measures.length === 0 || !measures.every((measure) => AGE.test(measure.replaceAll("_", " ")))) return language;
  const { most, least, moreThan, lessThan } = language;
  return {
    ...language,
    most: either(most, WORDS.most),
    least: either(least, WORDS.least),
    moreThan: moreThan && either(moreThan, WORDS.moreThan),
    lessThan: lessThan && either(lessThan, WORDS.lessThan),
  };
}

function either(one: RegExp, other: RegExp): RegExp {
  return new RegExp(`${one.source}|${other.source}`, "iu");
}
