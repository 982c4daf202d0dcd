// What a text says of a number: "20 or more", "less than 20".
import { type Bound, LANGUAGES } from "../../languages/index.ts";
import { numbersIn, type WrittenNumber } from "./numbers-in-text.ts";

export const BOUNDS: readonly Bound[] = [">=", ">", "<=", "<"];

export interface AskedBound {
  readonly number: number;
  readonly bound: Bound;
}

/** Numbers of which the question says one thing, and says it once. */
export function askedBounds(question: string): AskedBound[] {
  return saidBounds(question, 1);
}

/** The numbers that a text says something to lie above or below. @param times how often it may name the number */
export function saidBounds(text: string, times = Number.POSITIVE_INFINITY): AskedBound[] {
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
