// What a form asks for that is no value of a result but said of it, by one of some words: '"normal" or "not normal"',
// "True or False". Where one of two denies the other, the result of a test says which.
import { type Fact, factsOf } from "../../tools/facts.ts";
import { functionOf, type NamedValue, valueNamed } from "../result-values.ts";
import { definitionsOf, placeholderOf } from "./asked-form.ts";

const QUOTED = /["“`]([^"”`\n]{1,40})["”`]/g;
const OR = String.raw`[^"“\`@]{0,120}?(?:\b(?:or|else|otherwise|oder|sonst|ou|sinon|o|si no)\b|\/|或|否则|または)[^"“\`@]{0,120}?`;
const ONE_OR_OTHER = new RegExp(QUOTED.source + OR + QUOTED.source, "i");
const TRUE_OR_FALSE = /\btrue\b[^.\n]{0,10}\bfalse\b|\bboolean\b/i;
const YES_OR_NO = /\byes\b[^.\n]{0,10}\bno\b/i;
const DENIES =
  /^(?:no|not|non|none|false|fail\w*|nein|nicht|kein\w*|aucun\w*|ning[uú]n\w*)\b|^(?:non-?|in|un|dis|ab)\p{L}{4}|^[不无非]/iu;
const ALPHA =
  /(?:\balpha|α|significance level|Signifikanzniveau|\bp(?:[- ]?values?)?)\s*(?:(?:of|is|was|being|less|lower|smaller|greater|higher|below|under|above|than|or|equal|to|[=:<>≤≥(])\s*)*(0?\.\d+)/iu;
const STRENGTH =
  /(?:absolute|magnitude|coefficient|\|r\||\br\b)[^.\n]{0,80}?(?:>=?|≥|at least|(?:greater|higher|larger|more) than(?: or equal to)?|above|exceed\w*|over)\s*(0?\.\d+)/iu;
const USUAL_ALPHA = 0.05;
const MAX_VALUES = 20; // to choose from

/** The question without the levels by which a result is to be judged: no test takes them. */
export function withoutLevels(question: string): string {
  return [ALPHA, STRENGTH].reduce((text, level) => text.replace(level, " "), question);
}

/**
 * The words to choose from for a mark, `@name[placeholder]`; none where the question asks for a value.
 * @param hasValue whether a result has a value of that name: then only words that are said to be the mark's count
 */
export function choicesOf(name: string, question: string, hasValue: boolean): readonly string[] {
  const placeholder = placeholderOf(name, question);
  for (const sentence of definitionsOf(name, question)) {
    const quoted = [...sentence.matchAll(QUOTED)].map(([, text]) => text!);
    const others = [...new Set(quoted)].filter((text) => text !== name && text !== placeholder);
    if (others.length > 1) return others;
    if (TRUE_OR_FALSE.test(sentence)) return ["True", "False"];
    if (YES_OR_NO.test(sentence)) return ["yes", "no"];
  }
  const [, one, other] = ONE_OR_OTHER.exec(question) ?? [];
  return !hasValue && one !== undefined && other !== undefined && one !== other ? [one, other] : [];
}

/** Of the names that ask for no value but for a word: the one that the result of a test calls for, else all of them. */
export function wordsAskedFor(
  names: readonly string[],
  values: readonly NamedValue[],
  question: string,
  facts: readonly Fact[],
): ReadonlyMap<string, readonly string[]> {
  const asked = names.map((name) => {
    const choices = choicesOf(name, question, valueNamed(name, values) !== undefined);
    const word = concluded(choices, question, facts);
    return [name, word === undefined ? choices : [word]] as const;
  });
  return new Map(asked.filter(([, choices]) => choices.length > 0));
}

/** The names that no result has a value for: there are fewer values than names, or so many that one would be picked by chance. */
export function lackingValues(
  names: readonly string[],
  words: ReadonlyMap<string, readonly string[]>,
  values: readonly NamedValue[],
): readonly string[] {
  const asked = names.filter((name) => !words.has(name));
  const lacking = asked.filter((name) => valueNamed(name, values) === undefined);
  const count = new Set(values.map(({ value }) => value)).size;
  return count < asked.length || count > MAX_VALUES ? lacking : [];
}

/**
 * What the result of a test says, by the level that the question names: that values are normal, or that a difference or a
 * relation is more than chance and as strong as asked for. undefined where the words, or the result, do not tell.
 */
export function concluded(choices: readonly string[], question: string, facts: readonly Fact[]): string | undefined {
  const [statistics] = factsOf(facts, "statistics");
  const denying = choices.filter((choice) => DENIES.test(choice.trim()));
  const [no] = denying;
  const yes = choices.find((choice) => choice !== no);
  if (!statistics || !("p" in statistics.result) || choices.length !== 2 || denying.length !== 1) return undefined;
  const { p } = statistics.result;
  const alpha = Number(ALPHA.exec(question)?.[1] ?? USUAL_ALPHA);
  const isRejected = /\breject/i.test(choices.join(" "));
  if (statistics.test === "normality" && !isRejected) return p > alpha ? yes : no;
  const least = Number(STRENGTH.exec(question)?.[1] ?? 0);
  const isStrong = !("coefficient" in statistics.result) || Math.abs(statistics.result.coefficient) >= least;
  return p < alpha && isStrong ? yes : no;
}

/**
 * "SELECT avg(...) AS mean, stddev(...) AS std_dev FROM ...": a small model copies a query more surely than it makes one.
 * undefined where a name tells no function.
 */
export function sketchOf(names: readonly string[]): string | undefined {
  const items = names.flatMap((name) => {
    const called = functionOf(name);
    return called === undefined ? [] : [`${called}(...) AS ${name}`];
  });
  return items.length > 0 && items.length === names.length ? `SELECT ${items.join(", ")} FROM ...` : undefined;
}
