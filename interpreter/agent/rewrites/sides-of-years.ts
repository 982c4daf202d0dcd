// "After 2009" by date > '2009-01-01', which takes nearly all of 2009: the side of a year on which the times lie that are
// asked for.

import { LANGUAGES, type Side } from "../../languages/index.ts";
import { namesDay } from "../../languages/times.ts";
import { yearsIn } from "../question/question-parts.ts";
import { type DayComparison, dayComparisons, withComparisons } from "./day-comparisons.ts";
import type { Rewrite } from "./rewrite.ts";

const SIDES = { after: ">", since: ">=", before: "<", through: "<=" } as const;

export const sidesOfYears: Rewrite = (query, { question, tables }) => {
  const [year, ...others] = yearsIn(question);
  if (year === undefined || others.length > 0 || namesDay(question)) return undefined;
  const side = sideOf(question, year);
  if (side === undefined) return undefined;
  const changes = new Map(
    dayComparisons(query, tables)
      .filter((one) => isOtherwise(one, year, SIDES[side]))
      .map((one) => [one, `year(${one.column}) ${SIDES[side]} ${year}`] as const),
  );
  const note = `(the question asks for what is ${SIDES[side]} ${year}: read as ${[...changes.values()][0]})`;
  return changes.size === 0 ? undefined : { query: withComparisons(query, changes), note };
};

/** The only one that the question says something of. */
export function sideOf(question: string, year: string): Side | undefined {
  const marked = question.replace(year, "#");
  const said = (Object.keys(SIDES) as Side[]).filter(
    (
      side, // as: the keys of the table above
    ) => LANGUAGES.some(({ sides }) => sides[side].test(marked)),
  );
  return said.length === 1 ? said[0] : undefined;
}

/** One end in the year, in the direction that is asked for, with days of the year that are not asked for or without those that are. */
function isOtherwise({ ends: [end, ...others] }: DayComparison, year: string, sign: ">" | ">=" | "<" | "<="): boolean {
  if (!end || others.length > 0 || end.sign[0] !== sign[0] || end.sign === "<>" || !end.day.startsWith(year))
    return false;
  const [first, last] = [`${year}-01-01`, `${year}-12-31`];
  if (end.day !== first && end.day !== last) return false;
  const meant: Readonly<Record<typeof sign, string>> = {
    ">": `> ${last}`,
    ">=": `>= ${first}`,
    "<": `< ${first}`,
    "<=": `<= ${last}`,
  };
  return `${end.sign} ${end.day}` !== meant[sign];
}
