// The question names a column of numbers, and the query takes another one: the mean surface, where the rent was asked.
import { askedNumber, groupWords } from "../../languages/measures.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { usedNames, withName } from "../../sessions/sql/sql-outline.ts";
import { isIdentifier, isNumeric, stemOf } from "../../sessions/table-info.ts";
import { namingWords, sharesWord } from "../../tools/renamed-columns.ts";
import { columnsMeant } from "../question/asked-names.ts";
import { unusedNumbers } from "../question/question-parts.ts";
import type { Rewrite } from "./rewrite.ts";
import { isNamedIn, mayBeNamedIn } from "./spoken.ts";

const TIME = /year|jahr|année|annee|año|month|monat|mois|mes$|day|tag|jour|día|date|week|hour|年|月|日|时|時/i;

const PLURAL = 2; // letters
/** "What did customers pay for shipping" is a sum of fees, be there a column shipping_weight. */
const PAYS =
  /\b(?:pay|pays|paid|spen[dt]|costs?|charged?|money|bezahl\w*|kosten|gekostet|ausgegeben|Geld|pay[eé]\w*|coût\w*|dépens\w*|pag[aoóu]\w*|cuesta|costó|gast[aoó]\w*)(?!\p{L})|花费|支付|费用|払|費用|かかった/iu;
const MONEY =
  /fee|cost|price|amount|charge|spen[dt]|paid|preis|betrag|kosten|gebühr|prix|montant|coût|frais|precio|importe|coste|tarifa|价|金额|费|価格|金額|料金|費/iu;

/** One column is named and not used, and one is used that no word of the question speaks of: avg(surface) -> avg(rent). */
export const namedMeasures: Rewrite = (query, { question, tables: all }) => {
  if (unusedNumbers(question, query).length > 0) return undefined; // a condition on the column that is named may be left out
  if (askedNumber(question)?.isOfRows) return undefined;
  const used = usedNames(query);
  const groups = groupWords(question);
  const isUsed = (name: string) => used.has(name.toLowerCase());
  for (const table of tablesIn(query, all)) {
    const numbers = table.columns
      .filter(({ name, type }) => isNumeric(type) && !TIME.test(name) && !isIdentifier(name) && !isOneOf(name, table))
      .map(({ name }) => name);
    const named = meantIn(question, table, numbers).filter((name) => {
      return !isUsed(name) && !groups.some((words) => isNamedIn(name, words));
    });
    const [one, ...more] = named;
    if (one === undefined || more.length > 0) continue;
    const strange = numbers.filter((name) => isUsed(name) && !mayBeNamedIn(withoutWordsOf(one, name), question));
    const [other, ...others] = strange;
    if (other === undefined || others.length > 0) continue;
    if (PAYS.test(question) && MONEY.test(other) && !MONEY.test(one)) continue;
    const note = `(the question names ${one}: it is taken instead of ${other})`;
    return { query: withName(query, other, identifier(one)), note };
  }
  return undefined;
};

/** order of orders.csv: "ordered" and "orders" speak of the rows, and not of the number that each has. */
function isOneOf(name: string, table: Pick<TableInfo, "name">): boolean {
  const [one, all] = [name.toLowerCase(), stemOf(table).toLowerCase()];
  return all.startsWith(one) && all.length > one.length && all.length <= one.length + PLURAL;
}

/** The columns that are named in full; else the only one of which a word is. */
function meantIn(question: string, table: Parameters<typeof columnsMeant>[1], numbers: readonly string[]): string[] {
  const meant = columnsMeant(question, table).filter((name) => numbers.includes(name));
  if (meant.length > 0) return meant;
  const shared = table.columns.filter(({ name }) => namingWords(name).some((word) => sharesWord(word, question)));
  const [only, ...others] = shared.filter(({ name }) => numbers.includes(name));
  return only && others.length === 0 ? [only.name] : [];
}

/** "adjusted" of "adjusted CO2" beside CO2. */
function withoutWordsOf(named: string, other: string): string {
  const wordsOf = (name: string): string[] => name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const known = wordsOf(named);
  return wordsOf(other)
    .filter((word) => !known.includes(word))
    .join(" ");
}
