import { callInText } from "./calls-in-text.ts";
import type { Dialect } from "./dialect.ts";
import { prompt } from "./prompt.ts";

/** The protocol's own tool calls; a call that the model wrote into its text is read, too. */
export function toolCalls(): Dialect {
  return {
    system: prompt("tool-calls"),
    examples: [],
    nudge: async () => "",
    answerSchema: async () => undefined, // the server itself holds calls to their schemas
    offer: (tools) => tools.map(({ definition }) => definition),
    readCalls(answer, tools) {
      if (answer.toolCalls.length > 0) return answer.toolCalls;
      const call = callInText(answer.text, tools, "call_in_text");
      return call ? [call] : [];
    },
    answersAfterError: () => true,
    endsWithCall: () => false,
    assistantMessage(answer, calls) {
      if (calls.length === 0) return { role: "assistant", content: answer.text };
      return {
        role: "assistant",
        content: answer.toolCalls.length > 0 ? answer.text : null, // written as text: it is the call itself
        ...(answer.reasoning && { reasoning_content: answer.reasoning }), // until the task is done, as Qwen3 was trained
        tool_calls: calls.map((call) => ({
          id: call.id,
          type: "function",
          function: { name: call.name, arguments: call.arguments },
        })),
      };
    },
    resultMessage: (call, content) => ({ role: "tool", tool_call_id: call.id, content }),
  };
}
