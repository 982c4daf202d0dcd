// A query that answers another question than the one that was asked is run again as it is meant (rewrites/).
import type { ChatMessage } from "../../chat-model.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { factsOf, rowsOf } from "../../tools/facts.ts";
import { lastCall } from "../question/asked-change.ts";
import { rewritten } from "../rewrites/index.ts";
import type { Asked } from "../rewrites/rewrite.ts";
import { type CallOutcome, withNotes } from "../run-call.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { queryOf, queryThatRan } from "./other-way.ts";

/** What the query is read as stands below its rows; where it does not run so, the outcome stays. */
export function otherMeanings(task: Task): Guard {
  return {
    async after(call, outcome) {
      const tool = task.options.tools.find(({ name }) => name === "run_sql");
      if (!tool || call.name !== "run_sql" || outcome.proposed !== undefined || outcome.refused) return undefined;
      const query = queryThatRan(call, outcome) ?? queryOf(call);
      const meant = task.proposed.includes(query) ? undefined : await rewritten(query, await askedOf(task, outcome));
      if (!meant) return undefined;
      const context = { ...task.options.context, question: task.question };
      const ran = await tool.call(JSON.stringify({ query: meant.query }), context).catch(() => undefined);
      context.signal?.throwIfAborted();
      if (!ran) return undefined;
      const { content, cell, facts = [] } = ran;
      const before = outcome.failed ? [] : factsOf(outcome.facts, "noted").map(({ note }) => note);
      const notes = [...before, ...(meant.note?.split("\n") ?? [])].filter((note) => !content.includes(note));
      return { instead: withNotes({ ...outcome, content, failed: false, cell, facts }, notes) };
    },
  };
}

async function askedOf(task: Task, outcome: CallOutcome): Promise<Asked> {
  const { question, conversation, standsAlone } = task;
  const asked: Asked = {
    question,
    standsAlone,
    earlier: conversation
      .slice(0, -1)
      .map(({ messages }) => String(messages[0]?.content ?? ""))
      .join("\n"),
    tables: await task.tables(),
    about: await task.relevantTables(),
    result: outcome.failed ? undefined : rowsOf(outcome.facts),
    found: task.made.map((one) => valuesIn(rowsOf(one.outcome.facts))).join("\n"),
    before: "",
    look: task.look,
  };
  return standsAlone ? asked : { ...asked, before: await queryBefore(conversation.at(-2)?.messages ?? [], asked) };
}

export function valuesIn(result: SqlResult | undefined): string {
  return (result?.rows ?? []).flatMap((row) => Object.values(row).map(String)).join("\n");
}

/** The query of the question before, as that was meant; "" where there is none. */
async function queryBefore(messages: readonly ChatMessage[], asked: Asked): Promise<string> {
  const call = lastCall(messages);
  if (call?.language !== "sql") return "";
  const { content } = messages[0] ?? {};
  const own = { ...asked, question: typeof content === "string" ? content : "", standsAlone: true, result: undefined };
  return (await rewritten(call.code, own))?.query ?? call.code;
}
