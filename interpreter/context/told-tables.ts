import { type Conversation, textsOf } from "../agent/conversation.ts";
import { isFollowUp } from "../agent/question/follow-up.ts";
import type { TableInfo } from "../sessions/session.ts";
import { withoutMembers } from "../sessions/sql/table-families.ts";

/**
 * The tables that the model is told of: several files of one kind as one table, but for those that the question names.
 * @param conversation what was said before the question
 */
export function toldTables(
  tables: readonly TableInfo[],
  question: string,
  conversation: Conversation,
): readonly TableInfo[] {
  const before = isFollowUp(question) ? textsOf(conversation.slice(-1)).join("\n") : "";
  return withoutMembers(tables, { question, before });
}
