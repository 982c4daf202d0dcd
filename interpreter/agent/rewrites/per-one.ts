// "How many people per minute of delay?", and the query takes the rows whose delay is one minute.
import { conjunctsOf, withoutConjuncts } from "../../sessions/sql/conjuncts.ts";
import { isName, solid, type TokenRange } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { aggregatesIn, columnOf, plainQuery, type Rewrite } from "./rewrite.ts";

/** sum(people) / sum(delay) WHERE line = 'A' AND delay = 1 -> sum(people) / sum(delay) WHERE line = 'A' */
export const perOne: Rewrite = (query, asked) => {
  const plain = plainQuery(query, asked);
  const { tokens } = plain?.outline ?? { tokens: [] };
  const divisors = aggregatesIn(tokens).filter(({ from }) => solid(tokens.slice(0, from)).at(-1)?.text === "/");
  const divided = divisors.flatMap(({ inside }) => columnOf(inside)?.toLowerCase() ?? []);
  if (!plain || divided.length === 0) return undefined;
  const isOne = ({ from, to }: TokenRange) => {
    const [name, sign, number, ...more] = solid(tokens.slice(from, to));
    const isDivisor = name && isName(name) && divided.includes(unquoted(name).toLowerCase());
    return isDivisor && sign?.text === "=" && number?.text === "1" && more.length === 0;
  };
  const left = conjunctsOf(plain.outline, plain.select).filter(isOne);
  if (left.length === 0) return undefined;
  const told = left.map(({ from, to }) => sqlText(tokens.slice(from, to)).trim()).join(" AND ");
  return {
    query: withoutConjuncts(plain.outline, plain.select, left),
    note: `(what falls to each is asked for, so that ${told} is no condition: left out)`,
  };
};
