// Revenue is asked for, no column holds it, and the query adds up another one: it is what was sold times its price.
import { tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { derivedMeasure, isRevenueAskedFor } from "../../tools/asked-chart.ts";
import { aggregatesIn, plainQuery, type Rewrite } from "./rewrite.ts";

/** SELECT shop, sum(price) ... GROUP BY shop -> SELECT shop, sum(units * price) AS revenue ... GROUP BY shop */
export const computedRevenues: Rewrite = (query, asked) => {
  const plain = isRevenueAskedFor(asked.question) ? plainQuery(query, asked) : undefined;
  if (!plain) return undefined;
  const [derived, ...others] = plain.tables.flatMap((table) => derivedMeasure(asked.question, table) ?? []);
  if (derived === undefined || others.length > 0) return undefined;
  const { tokens } = plain.outline;
  const calls = aggregatesIn(tokens);
  const factors = derived.split(" * ").map((one) => one.replaceAll('"', "").toLowerCase());
  const isComputed = factors.every((one) => tokens.some((token) => unquoted(token).toLowerCase() === one));
  const [call, ...more] = calls.filter(({ name }) => name === "sum" || name === "avg");
  const isOnly = call !== undefined && more.length === 0 && calls.every((one) => one === call || one.name === "count");
  if (isComputed || !isOnly || tokensOf(plain.outline, plain.select, "having").length > 0) return undefined;
  const before = sqlText(tokens.slice(0, call.from));
  return {
    query: `${before}${call.name}(${derived})${sqlText(tokens.slice(call.to))}`,
    note: `(no column holds the revenue: it is computed as ${derived})`,
  };
};
