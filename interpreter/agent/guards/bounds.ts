// The end of a range, with the number itself or without it: "20 or more" is asked for, and the query takes what is over 20.
import { type Bound, LANGUAGES } from "../../languages/index.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens } from "../../sessions/sql/sql-tokens.ts";
import { numbersIn, type WrittenNumber } from "../numbers-in-text.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const BOUNDS: readonly Bound[] = [">=", ">", "<=", "<"];
const TURNED: Readonly<Record<Bound, Bound>> = { ">=": "<=", ">": "<", "<=": ">=", "<": ">" };

interface Asked {
  readonly number: number;
  readonly bound: Bound;
}

interface Taken {
  readonly fact: string;
  readonly shape: string; // the query with the bounds that were asked for
}

/** The model is asked for another query once; then the user is told. */
export function bounds(task: Task): Guard {
  const asked = askedBounds(task.question);
  let taken: Taken | undefined;
  return {
    after(call, outcome) {
      const query = queryThatRan(call, outcome);
      taken = query !== undefined && asked.length > 0 ? takenOtherwise(query, asked) : undefined;
      return undefined;
    },
    atAnswer: (text) => (taken ? otherQuestion(text, [taken.fact], true, taken.shape) : undefined),
  };
}

/** Numbers of which the question says one thing, and says it once. */
export function askedBounds(question: string): Asked[] {
  return saidBounds(question, 1);
}

/** The numbers that a text says something to lie above or below. @param times how often it may name the number */
export function saidBounds(text: string, times = Number.POSITIVE_INFINITY): Asked[] {
  const numbers = numbersIn(text);
  return numbers.flatMap(({ text: written, index, readings, factor = 1 }) => {
    const [reading, ...others] = readings;
    const named = numbers.filter((one) => one.text === written).length;
    if (reading === undefined || others.length > 0 || named > times) return [];
    const number = reading * factor;
    const marked = `${text.slice(0, index)}#${text.slice(index + written.length)}`;
    const said = BOUNDS.filter((bound) => LANGUAGES.some((language) => language.bounds[bound].test(marked)));
    const [bound, ...more] = said;
    return bound === undefined || more.length > 0 ? [] : [{ number, bound }];
  });
}

/** The numbers of an answer that only bound what is told: "at least 50". */
export function boundNumbers(answer: string): (number: WrittenNumber) => boolean {
  const bounded = saidBounds(answer).map(({ number }) => number);
  return ({ readings }) => readings.some((reading) => bounded.includes(reading));
}

/** A column that is compared with the number, in the same direction, by the other of the two bounds. */
function takenOtherwise(query: string, asked: readonly Asked[]): Taken | undefined {
  const tokens = sqlTokens(query);
  const words = solid(tokens);
  const changes = new Map<SqlToken, string>();
  let fact: string | undefined;
  for (const { number, bound } of asked) {
    for (const [i, token] of words.entries()) {
      if (token.kind !== "number" || Number(token.text) !== number) continue;
      const found = comparedBefore(words, i) ?? comparedBehind(words, i);
      if (!found || found.bound === bound || found.bound[0] !== bound[0]) continue;
      fact ??= `the question asks for ${bound} ${number}, and the query takes ${found.bound} ${number}`;
      const [first, ...rest] = found.signs;
      changes.set(first!, found.isTurned ? TURNED[bound] : bound);
      for (const sign of rest) changes.set(sign, "");
    }
  }
  if (fact === undefined) return undefined;
  const shape = sqlText(tokens.map((token) => ({ ...token, text: changes.get(token) ?? token.text })));
  return { fact, shape };
}

interface Compared {
  readonly bound: Bound;
  readonly signs: readonly SqlToken[];
  readonly isTurned: boolean; // 20 < delay
}

function comparedBefore(words: readonly SqlToken[], i: number): Compared | undefined {
  const signs = signsAt(words, i - 1, -1);
  const column = words[i - 1 - signs.length];
  const bound = boundOf(signs);
  return bound && column && (isName(column) || column.text === ")") ? { bound, signs, isTurned: false } : undefined;
}

function comparedBehind(words: readonly SqlToken[], i: number): Compared | undefined {
  const signs = signsAt(words, i + 1, 1);
  const column = words[i + 1 + signs.length];
  const bound = boundOf(signs);
  return bound && column && isName(column) ? { bound: TURNED[bound], signs, isTurned: true } : undefined;
}

/** "<", ">" and "=" from a place on, in the order in which they stand. */
function signsAt(words: readonly SqlToken[], start: number, step: 1 | -1): SqlToken[] {
  const signs: SqlToken[] = [];
  for (let at = start; /^[<>=]$/.test(words[at]?.text ?? ""); at += step) signs.push(words[at]!);
  return step === 1 ? signs : signs.reverse();
}

function boundOf(signs: readonly SqlToken[]): Bound | undefined {
  const text = sqlText(signs);
  return BOUNDS.find((bound) => bound === text);
}
