// A filter that nobody asked for: WHERE furnished = 'yes' of a question for balconies, payment = 'cash' of one for sales. It may
// be what the question says in another language or in other words, so the model is not asked again: the user is told. What no
// word of the question can mean is left out before (rewrites/unasked-conditions.ts). Who leaves something out names it: of
// person != 'Japan' the model is asked, where the question denies nothing.
import { LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { isSpokenOf } from "../question/question-parts.ts";
import { isUnsaid, type TextFilter, textFiltersIn } from "../question/text-filters.ts";
import { speaksOf } from "../rewrites/spoken.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { valuesIn } from "./other-meanings.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const COMPARES = /^(=|is)$/i;
const DENIES = / (?:<>|!=|NOT (?:IN|I?LIKE)) /;
/** Words by which a question leaves out what it does not name: "other", "abroad", "still open". */
const EXCLUDES =
  /(?<!\p{L})(?:others?|else|except|excluding|exclud\w+|apart|besides|but|foreign|abroad|overseas|international|outside|rest|remaining|still|active|valid|current(?:ly)?|open|alive|noch|aktiv\p{L}*|gültig\p{L}*|offen\p{L}*|encore|toujours|acti[fv]\p{L}*|valides?|aún|todavía|activ[oa]s?|válid[oa]s?|non-?\p{L}+|ander\p{L}*|übrig\p{L}*|sonst\p{L}*|außer\p{L}*|ausländ\p{L}*|ausland|rest\p{L}*|autres?|sauf|hors|étrang\p{L}*|reste|otr[oa]s?|excepto|salvo|fuera|extranj\p{L}*|resto|demás)(?!\p{L})|其他|其它|除|以外|外国|国外|海外|非|不|没|その他|他の|仍|还在|有效|まだ|有効|ない|ません|外/iu;

/** Told to the user, and nobody else, but for what the query leaves out. */
export function unaskedFilters(task: Task): Guard {
  let doubts: string[] = [];
  let excluded: string[] = []; // of these the model is asked for another query once
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      const asked = task.conversation.map(({ messages }) => String(messages[0]?.content ?? "")).join("\n");
      const tables = tablesIn(query, await task.tables());
      const all = query === "" ? [] : unsaidIn(query, tables, `${asked}\n${toldBefore(task)}`);
      const mayExclude = saysInAnyLanguage(asked, ({ nothing }) => nothing) || EXCLUDES.test(asked);
      excluded = mayExclude ? [] : factsOf(all.filter(({ text }) => DENIES.test(text)));
      const unsaid = factsOf(all).filter((fact) => !excluded.includes(fact));
      const speaksTheirs = tables.some((table) => speaksOf(table, task.question));
      doubts = query === "" ? [] : [...unaskedIn(query, asked), ...(speaksTheirs ? unsaid : [])];
      if (speaksTheirs || unsaid.length === 0) return undefined;
      const noted = unsaid.map((fact) => ({ kind: "noted" as const, note: `(${fact})` }));
      return { instead: { ...outcome, facts: [...outcome.facts, ...noted] } };
    },
    atAnswer(text) {
      if (saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const asked = otherQuestion(text, excluded);
      return { ...asked, doubts: [...excluded, ...doubts] };
    },
  };
}

/** Where the question leans on the one before, all that was said; else only what the task has found itself. */
function toldBefore({ conversation, made, standsAlone }: Task): string {
  const earlier = standsAlone ? [] : conversation.slice(0, -1).flatMap(({ messages }) => messages);
  const told = earlier.filter(({ role }) => role !== "assistant").map(({ content }) => String(content ?? ""));
  return [...told, ...made.map(({ outcome }) => valuesIn(rowsOf(outcome.facts)))].join("\n");
}

function unsaidIn(query: string, tables: readonly TableInfo[], said: string): TextFilter[] {
  return textFiltersIn(solid(sqlTokens(query)), tables).filter((filter) => isUnsaid(filter, said));
}

function factsOf(filters: readonly TextFilter[]): string[] {
  const told = ({ text }: TextFilter) =>
    `only rows are taken where ${text}, which the question does not say in these words`;
  return [...new Set(filters.map(told))];
}

function unaskedIn(query: string, asked: string): string[] {
  const tokens = solid(sqlTokens(query));
  const filters = tokens.flatMap((token, i) => {
    const [sign, value] = [tokens[i + 1], tokens[i + 2]];
    if (!isName(token) || !sign || !value || !COMPARES.test(sign.text) || !isYesOrNo(value)) return [];
    const column = unquoted(token);
    return isSpokenOf(column, asked) ? [] : [`${column} is ${unquoted(value)}`];
  });
  return [...new Set(filters)].map((one) => `only rows are taken where ${one}, of which the question does not speak`);
}

/** True or false, or a text that says yes or no. */
function isYesOrNo({ kind, text }: SqlToken): boolean {
  if (kind !== "string") return /^(true|false)$/i.test(text);
  const word = text.slice(1, -1).toLowerCase();
  return /^(y|n|true|false)$/.test(word) || LANGUAGES.some(({ yes, no }) => word === yes || word === no);
}
