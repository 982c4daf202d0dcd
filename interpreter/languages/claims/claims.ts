// What answers claim of a result, in the languages of ../other-languages.ts: ends of an order, comparisons, trends, parts of
// a whole, counts. What has no words here is read as English is, which finds nothing.
import type { Language } from "../language.ts";

export type Claims = { readonly howMany: RegExp } & Partial<
  Pick<
    Language,
    | ("most" | "least" | "unsure" | "deniesEnd" | "best" | "each" | "all" | "both" | "only" | "nothing")
    | ("moreThan" | "lessThan" | "compares" | "follows" | "rises" | "falls" | "loses" | "stays" | "steadily")
    | ("times" | "grows" | "parts" | "equals" | "scales" | "cardinals")
  >
>;

export const word = (source: string) => new RegExp(`(?<!\\p{L})(?:${source})(?!\\p{L})`, "iu");
/** Numbers of a table in the order of `cardinals`. */
export const numbers = (list: string) => list.split(" ");
