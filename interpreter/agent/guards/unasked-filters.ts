// A filter that nobody asked for: WHERE furnished = 'yes' of a question for balconies. It may be what the question says in
// another language, so the model is not asked again: the user is told what was left out. Only of what is yes or no: other
// values are often called otherwise in a question, as 'USA' is of American cars.
import { LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isSpokenOf } from "../question/question-parts.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { queryThatRan } from "./other-way.ts";

const COMPARES = /^(=|is)$/i;

/** Told to the user, and nobody else. */
export function unaskedFilters(task: Task): Guard {
  let doubts: string[] = [];
  return {
    after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      const asked = task.conversation.map(({ messages }) => String(messages[0]?.content ?? "")).join("\n");
      doubts = query === "" ? [] : unaskedIn(query, asked);
      return undefined;
    },
    atAnswer: (text) => (saysInAnyLanguage(text, ({ cannot }) => cannot) ? undefined : { doubts }),
  };
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
