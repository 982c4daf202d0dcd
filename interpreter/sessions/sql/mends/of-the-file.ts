// WHERE city = 'Seattle' of seattle-weather.csv, which has no column of cities: all its rows are of Seattle.
import { withoutAccents } from "../../../name-words.ts";
import { stemOf } from "../../table-info.ts";
import { conjunctsOf, withoutConjuncts } from "../conjuncts.ts";
import { outlineOf, solid } from "../sql-outline.ts";
import { sqlText, unquoted } from "../sql-tokens.ts";
import { equal, type Mend, missingColumn, tablesIn } from "./mend.ts";

const LEAST_ALIKE = 5; // first letters of two forms of a word: Crimean and crimea

/** A condition on a column that is not there, by a value that the file's name says, is left out. */
export const ofTheFile: Mend = (query, error, tables) => {
  const missing = missingColumn(error);
  const [own, ...more] = tablesIn(query, tables);
  const outline = outlineOf(query);
  if (missing === undefined || !own || more.length > 0 || outline.selects.length > 1) return undefined;
  const conjuncts = conjunctsOf(outline, outline.outer).map((range) => ({
    range,
    tokens: solid(outline.tokens.slice(range.from, range.to)),
  }));
  const found = conjuncts.find(({ tokens: [name, sign, value, ...rest] }) => {
    const isOfMissing = name !== undefined && equal(unquoted(name), missing) && rest.length === 0;
    const isValue =
      value !== undefined && /^(string|number)$/.test(value.kind) && /^(=|i?like)$/i.test(sign?.text ?? "");
    return isOfMissing && isValue && says(stemOf(own), unquoted(value));
  });
  if (!found || !outline.outer) return undefined;
  const condition = sqlText(outline.tokens.slice(found.range.from, found.range.to)).trim();
  return {
    query: withoutConjuncts(outline, outline.outer, [found.range]),
    note: `(${condition} is left out: ${own.name} has no ${missing}, and its name says of what it is)`,
  };
};

/** A word of the value, or a form of it, is in the name. */
function says(name: string, value: string): boolean {
  const words = wordsOf(name);
  const isAlike = (a: string, b: string) =>
    a === b || (a.length >= LEAST_ALIKE && b.length >= LEAST_ALIKE && (a.startsWith(b) || b.startsWith(a)));
  return wordsOf(value).some((word) => words.some((other) => isAlike(word, other)));
}

function wordsOf(text: string): string[] {
  return withoutAccents(text).match(/\p{L}{3,}|\p{N}{4}/gu) ?? [];
}
