// "Patients over 65" by wait_minutes > 65, "a price above 10" by cost > 10: a number is compared with the column of which the
// words beside it speak.

import { isRole } from "../../languages/column-words.ts";
import { endsAs } from "../../languages/time-names.ts";
import { withoutAccents } from "../../name-words.ts";
import { conjunctsOf } from "../../sessions/sql/conjuncts.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isName } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isIdentifier, isNumeric, withoutUnitWord } from "../../sessions/table-info.ts";
import { yearsIn } from "../question/question-parts.ts";
import { isTranslated } from "../question/unexplained-words.ts";
import { numbersIn } from "../sentences/numbers-in-text.ts";
import { plainQuery, type Rewrite } from "./rewrite.ts";
import { isNamedIn, mayBeNamedIn } from "./spoken.ts";

const AGE = /^(?:.*[_ ])?(?:age|alter|edad|âge)(?:[_ ].*)?$|年龄|年齢|^岁$/iu;
/** Of the number, which stands as "#": an age, and nothing else. */
const OF_AGE =
  /\b(?:older|younger) than #|\baged? (?:over |under |above |below |of )?#|#[ -]years?[ -](?:old|of age)\b|# old\b|# (?:or|and) (?:older|younger)\b|(?<!\p{L})(?:älter|jünger) als #|# Jahren? (?:alt|oder älter)|(?:über|unter|ab)?[ -]?#[ -]?jährig|\b(?:mayores|menores|mayor|menor) de #(?! (?:€|euros))|# años de edad|(?<!\p{L})âgée?s? de (?:plus de |moins de )?#|\bde (?:plus|moins) de # ans\b|#\s?(?:岁|周岁|歳|才)/iu;
/** Right before the number: a bound, which may be of anything. */
const BOUND =
  /(?:(?<!\p{L})(?:over|above|under|below|beyond|more than|less than|at least|at most|über|unter|ab|mehr als|weniger als|más de|menos de|plus de|moins de)|超过|大于|小于)\s*$/iu;
/** Where another part of a question begins. */
const CLAUSES =
  /[,;.:?!、，。？；]\s|[、，。？]|(?<!\p{L})(?:and|or|but|who|which|whose|und|oder|aber|die|et|ou|mais|qui|dont|y|o|pero|que)(?!\p{L})/giu;
/** Behind these stands of what the bound is. */
const PREPOSITIONS =
  /^(?:of|by|for|from|among|in|at|to|with|von|vom|bei|mit|für|aus|de|du|des|del|d|por|para|con|par|pour|avec|chez|entre)$/iu;
const PERSONS =
  /(?<!\p{L})(?:people|persons?|adults?|wom[ae]n|m[ae]n|members?|users?|Personen|Menschen|Leute|Frauen|Männer|Mitglieder|personas?|mujeres|hombres|personnes?|femmes|hommes|membres)(?!\p{L})|人/iu;
const BEHIND = 2; // words, behind the number

/** WHERE wait_minutes > 65 -> WHERE age > 65 */
export const comparedColumns: Rewrite = (query, asked) => {
  const plain = plainQuery(query, asked);
  if (!plain) return undefined;
  const { outline, select, tables } = plain;
  const numbers = tables.flatMap(({ columns }) =>
    columns.filter(({ name, type }) => isNumeric(type) && !isIdentifier(name) && !endsAs(name)).map(({ name }) => name),
  );
  const tokens = [...outline.tokens];
  const notes: string[] = [];
  for (const { from, to } of conjunctsOf(outline, select)) {
    const places = tokens.flatMap((token, i) => (i >= from && i < to && isName(token) ? [i] : []));
    const at = places.filter((i) => numbers.some((name) => equal(name, unquoted(tokens[i]!))));
    const values = tokens.slice(from, to).filter(({ kind }) => kind === "number");
    const [place, ...others] = at;
    const isYear = values.some(({ text }) => yearsIn(asked.question).includes(text));
    if (place === undefined || others.length > 0 || values.length === 0 || isYear) continue;
    const own = numbers.find((name) => equal(name, unquoted(tokens[place]!)))!;
    const meant = meantBy(
      asked.question,
      values.map(({ text }) => Number(text)),
      own,
      numbers,
    );
    if (meant === undefined) continue;
    tokens[place] = { kind: "quoted", text: identifier(meant) };
    notes.push(
      `(the question says ${values.map(({ text }) => text).join(" and ")} of ${meant}: it is compared instead of ${own})`,
    );
  }
  return notes.length === 0 ? undefined : { query: sqlText(tokens), note: notes.join("\n") };
};

/** The only column of which the words beside one of the numbers speak; undefined where they may speak of the query's own. */
function meantBy(
  question: string,
  values: readonly number[],
  own: string,
  columns: readonly string[],
): string | undefined {
  const found = numbersIn(question).filter(({ readings }) => readings.some((one) => values.includes(one)));
  const [number, ...more] = found;
  if (!number || more.length >= values.length) return undefined;
  const [before, behind] = [question.slice(0, number.index), question.slice(number.index + number.text.length)];
  const ages = columns.filter((name) => AGE.test(name));
  const others = (names: readonly string[]) => (names.length === 1 && names[0] !== own ? names[0] : undefined);
  if (OF_AGE.test(`${before}#${behind}`))
    return AGE.test(own) || /birth|born|geb|naci|naiss|生/iu.test(own) ? undefined : others(ages);
  const head = headBefore(before);
  const words = `${head} ${behind
    .split(CLAUSES)[0]!
    .split(/\s+/)
    .slice(0, BEHIND + 1)
    .join(" ")}`;
  if (speaksOf(own, words, true)) return undefined;
  const named = others(columns.filter((name) => speaksOf(name, words, false)));
  if (named !== undefined) return named;
  const isOfPersons = BOUND.test(before) && (PERSONS.test(head) || wordsIn(head).some(isRole));
  return isOfPersons && isBare(behind) ? others(ages) : undefined;
}

/** "patients" of "the mean wait of patients over 65". */
function headBefore(before: string): string {
  const clause = before.replace(BOUND, "").split(CLAUSES).at(-1) ?? "";
  const words = clause.trim().split(/\s+/);
  const at = words.findLastIndex((word) => PREPOSITIONS.test(word));
  return words.slice(at + 1).join(" ");
}

/** No unit and no noun stands behind the number. */
function isBare(behind: string): boolean {
  return /^\s*(?:$|[,.;?!)、，。？]|(?:with|in|at|on|who|that|are|is|were|was|had|have|came|by|per|and|mit|bei|im|in|die|sind|waren|und|con|en|que|avec|dans|qui|ont|et|y)(?!\p{L})|的)/iu.test(
    behind,
  );
}

function speaksOf(column: string, words: string, isLoose: boolean): boolean {
  const name = withoutUnitWord(column);
  if (isNamedIn(name, words) || (isLoose && mayBeNamedIn(name, words))) return true;
  return wordsIn(words).some((word) => isTranslated(word, name));
}

function wordsIn(text: string): string[] {
  return withoutAccents(text.toLowerCase()).match(/\p{L}+/gu) ?? [];
}
