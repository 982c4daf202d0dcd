// Whether the column that a query takes for what was asked holds it. The model that wrote the query knows better when it
// is asked just that, apart from the conversation and in one word: asked for an age that no table has, it writes
// avg(flipper_length) AS average_age; asked whether that is in the column flipper_length, it says no.
import { saysInAnyLanguage } from "../../languages/index.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { codeThatRan, factsOf, rowsOf } from "../../tools/facts.ts";
import { measuredColumn } from "../../tools/measured-column.ts";
import { modelTraits } from "../model-traits.ts";
import { mayBeNamedIn } from "../rewrites/spoken.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

const MAX_QUESTION_LENGTH = 160; // UTF-16 units; a longer text asks for several things, and a query is one of them
const MAX_TOKENS = 3;
const SYSTEM = "You answer in one word.";

export function deniedColumns(task: Task): Guard {
  const { makesMistakes } = modelTraits(task.model.name); // such a model denies nothing
  let doubts: string[] = []; // of the last result
  return {
    async after(_call, outcome) {
      const ran = codeThatRan(outcome.facts);
      const [drawn] = factsOf(outcome.facts, "measured");
      const { question } = task;
      doubts = [];
      if (!(ran || drawn) || !task.standsAlone || question.length > MAX_QUESTION_LENGTH) return undefined;
      const tables = await task.tables();
      const column = drawn ? columnNamed(drawn.column, tables) : measuredColumn(ran ?? "", tables);
      if (column === undefined || mayBeNamedIn(column, question)) return undefined; // a column that is named needs no asking
      const said = await task.askApart(SYSTEM, askAbout(column, question, tables), MAX_TOKENS);
      const [renamed] = factsOf(outcome.facts, "renamed");
      if (!/^\W*no\b/i.test(said)) {
        // "The cheapest" means the price without naming it; a single value in answer to another language seldom is so clear.
        const table = rowsOf(outcome.facts);
        const isOneValue = table?.rowCount === 1 && table.columns.length === 1;
        const isForeign = task.answerLanguage.code !== "en";
        if (makesMistakes && isOneValue && isForeign && !renamed)
          doubts = [`what is told is from the column ${column}, which the question does not name`];
        return undefined;
      }
      if (drawn) {
        doubts = [`the chart shows ${column}, which may be something else than what was asked for`];
        return undefined;
      }
      const { lacks, isOther, ifMeant } = task.answerLanguage.sentences;
      const isCalled = renamed !== undefined && renamed.asked.length > 1; // a letter is no word for it
      const answer = [isCalled ? lacks(renamed.asked) : isOther(column), ifMeant(column)].join(" ");
      const { milliseconds } = outcome;
      return {
        instead: { content: answer, failed: true, facts: [], milliseconds },
        end: { reason: "unanswerable", answer },
      };
    },
    atAnswer: (text) => (saysInAnyLanguage(text, ({ cannot }) => cannot) ? undefined : { doubts }),
  };
}

/** undefined for an expression of several columns. */
function columnNamed(name: string, tables: readonly TableInfo[]): string | undefined {
  return tables.flatMap(({ columns }) => columns).find((column) => column.name === name)?.name;
}

function askAbout(column: string, question: string, tables: readonly TableInfo[]): string {
  const names = tables.map(({ columns }) => columns.map(({ name }) => name)).find((own) => own.includes(column)) ?? [];
  return `A table has the columns ${names.join(", ")}. Somebody asks: ${question} Is that in the column "${column}"? Answer yes or no.`;
}
