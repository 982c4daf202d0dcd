import { type FormWords, LANGUAGES } from "../../languages/index.ts";
import { beginningsIn, sketchesIn } from "./sketches.ts";

/**
 * The question without what it says of its answer's form, as long as it was: the month of "like 'March 2021'", the 12 of
 * "in at most 12 words" and the 3 of "3 significant figures" are no conditions.
 */
export function withoutForm(question: string): string {
  const spans = [...sketchesIn(question), ...beginningsIn(question)].map(({ span }) => span);
  let left = question;
  const blank = (start: number, end: number) => {
    left = left.slice(0, start) + " ".repeat(end - start) + left.slice(end);
  };
  for (const [start, end] of spans) blank(start, end);
  for (const words of LANGUAGES.flatMap(({ form }) => ofNumbers(form)))
    for (const { 0: found, index } of left.matchAll(new RegExp(words.source, `g${words.flags}`)))
      blank(index, index + found.length);
  return left;
}

function ofNumbers(form: FormWords): RegExp[] {
  const { decimals, significant, percent, limit, places, nearest, scaled } = form;
  return [decimals, significant, percent, limit, ...[...places, ...nearest, ...scaled].map(([words]) => words)];
}
