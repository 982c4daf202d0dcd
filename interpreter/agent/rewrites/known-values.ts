// "Of the movies with a known rating": rows without one are no part of the whole.
import { withWhere } from "../../sessions/sql/conjuncts.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn } from "./spoken.ts";

/** What stands beside them is what is known. */
const KNOWN: readonly RegExp[] = [
  /\bknown ((?:\p{L}[\p{L}\p{N}_-]*\s?){1,3})|((?:[\p{L}\p{N}_-]+\s){1,3})(?:is|are|was|were) known\b/iu,
  /\bbekannte[mnrs]? ((?:\p{L}[\p{L}\p{N}_-]*\s?){1,3})|((?:[\p{L}\p{N}_-]+\s){1,3})bekannt (?:ist|sind)\b/iu,
  /((?:[\p{L}\p{N}_-]+\s){1,3})conocid[oa]s?(?!\p{L})/iu,
  /((?:[\p{L}\p{N}_-]+\s){1,3})(?:est |sont )?connue?s?(?!\p{L})/iu,
  /(?:已知|知道)([^，。？、的]{1,12})/u,
  /([^，。？、的]{1,12})已知/u,
  /([^、。のはがを]{1,12})が(?:分か|わか|判明)/u,
  /既知の([^、。はがを]{1,12})/u,
];
const UNKNOWN = /\b(?:un|not |nicht |un)known\b|unbekannt|desconocid|inconnu|未知|不明/iu;

/** count(*) FILTER (WHERE rating = 'R') / count(*) -> the same, WHERE rating IS NOT NULL */
export const knownValues: Rewrite = async (query, asked) => {
  const { question, look } = asked;
  const said = KNOWN.flatMap((words) => words.exec(question)?.slice(1) ?? []).filter((text) => text !== undefined);
  const plain = said.length === 0 || UNKNOWN.test(question) ? undefined : plainQuery(query, asked);
  if (!plain || /\bis\s+(?:not\s+)?null\b/i.test(query)) return undefined;
  const columns = plain.tables.flatMap(({ name: table, columns: own }) =>
    own.filter(({ name }) => said.some((words) => isNamedIn(name, words))).map(({ name }) => ({ table, name })),
  );
  const [column, ...others] = columns;
  if (!column || others.length > 0) return undefined;
  const name = identifier(column.name);
  const { rows } = await look(`SELECT count(*) AS n FROM ${column.table} WHERE ${name} IS NULL`);
  if (!(Number(rows[0]?.["n"]) > 0)) return undefined;
  const known = `${name} IS NOT NULL`;
  return {
    query: withWhere(plain.outline, plain.select, plain.where === "" ? known : `(${plain.where}) AND ${known}`),
    note: `(of rows whose ${column.name} is known, as the question says)`,
  };
};
