// "The total of the rents divided by the total of the areas", and the query takes the mean of each row's own ratio.
import { asksFor } from "../../languages/index.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText } from "../../sessions/sql/sql-tokens.ts";
import { aggregatesIn, plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";

const DIVIDED = /\bdivided by\b|\bgeteilt durch\b|\bdivisée?s? par\b|\bdividid[oa]s? (?:por|entre)\b|÷|除以|割/iu;

/** avg(rent / area) -> sum(rent) / sum(area) */
export const ratiosOfTotals: Rewrite = (query, asked) => {
  const { question } = asked;
  const plain = asksFor(question, "total") && DIVIDED.test(question) ? plainQuery(query, asked) : undefined;
  const [mean, ...others] = plain ? aggregatesIn(plain.outline.tokens) : [];
  const [above, below] = mean && /^(avg|mean)$/.test(mean.name) ? sidesOf(mean.inside) : [];
  const isNamed = [above, below].every(
    (side) => side !== undefined && isNamedIn(side.text.replaceAll('"', ""), question),
  );
  if (!plain || !mean || !above || !below || others.length > 0 || !isNamed) return undefined;
  const { tokens } = plain.outline;
  const ratio = `sum(${above.text}) / sum(${below.text})`;
  return {
    query: `${sqlText(tokens.slice(0, mean.from))}${ratio}${sqlText(tokens.slice(mean.to))}`,
    note: `(the question divides totals: ${ratio}, and not the mean of each row's own ratio)`,
  };
};

/** a and b of "a / b"; none where more stands there. */
function sidesOf(inside: readonly SqlToken[]): SqlToken[] {
  const [above, sign, below, ...more] = solid(inside);
  const areNames = [above, below].every((side) => side?.kind === "word" || side?.kind === "quoted");
  return areNames && sign?.text === "/" && above && below && more.length === 0 ? [above, below] : [];
}
