import type { ChatMessage } from "../chat-model.ts";
import { callInText, hasClosedBlock, upToCall } from "./calls-in-text.ts";
import type { Dialect } from "./dialect.ts";
import { prompt } from "./prompt.ts";

/**
 * Calls as code blocks, results as the user's next message, after three worked examples. Small coder models write this
 * by themselves; given the protocol's tools they repeat the same call for ever (docs/decisions/0011-code-blocks.md).
 */
export function codeBlocks(): Dialect {
  return {
    system: prompt("code-blocks"),
    examples: readExamples(prompt("code-blocks-examples")),
    offer: () => [],
    readCalls(answer, tools) {
      if (answer.toolCalls.length > 0) return answer.toolCalls;
      const call = callInText(answer.text, tools, "block");
      return call ? [call] : [];
    },
    endsWithCall: hasClosedBlock,
    assistantMessage: (answer, calls) => ({
      role: "assistant",
      content:
        calls.length > 0 && answer.text !== "" ? upToCall(answer.text) : answer.text.trim() || callsAsText(calls),
    }),
    resultMessage: (_call, content) => ({ role: "user", content: `Result:\n${content}` }),
  };
}

function callsAsText(calls: readonly { name: string; arguments: string }[]): string {
  return calls.map((call) => `${call.name} ${call.arguments}`).join("\n");
}

/** Turns under headings "## user" and "## assistant". */
function readExamples(text: string): ChatMessage[] {
  return text
    .split(/^## (?=user$|assistant$)/m)
    .filter((turn) => turn.trim() !== "")
    .map((turn) => {
      const [role, ...lines] = turn.split("\n");
      const content = lines.join("\n").trim();
      return role === "assistant" ? { role, content } : { role: "user", content };
    });
}
