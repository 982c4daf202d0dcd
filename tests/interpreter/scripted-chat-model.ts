import type { ChatModel, ChatRequest } from "../../interpreter/index.ts";

/** One answer: text; calls, or text, after some thinking; text after which the model hangs until it is interrupted; or an error. */
export type ScriptedAnswer =
  | string
  | {
      readonly calls?: readonly { readonly name: string; readonly arguments: string }[];
      readonly reasoning?: string;
      readonly text?: string;
    }
  | { readonly hangsAfter: string }
  | Error;

export interface ScriptedChatModel extends ChatModel {
  readonly requests: readonly ChatRequest[]; // as they came, with copies of their messages
}

/** A model that gives these answers, one a request; a request too many fails. */
export function scriptedChatModel(answers: readonly ScriptedAnswer[], name = "scripted"): ScriptedChatModel {
  const requests: ChatRequest[] = [];
  return {
    name,
    requests,
    async *chat(request) {
      const answer = answers[requests.length];
      requests.push({ ...request, messages: structuredClone([...request.messages]) });
      request.signal?.throwIfAborted();
      if (answer === undefined) throw new Error(`no answer is scripted for request ${requests.length}`);
      if (answer instanceof Error) throw answer;
      const said =
        typeof answer === "string" ? { text: answer } : "hangsAfter" in answer ? { text: answer.hangsAfter } : answer;
      const { text = "", reasoning = "", calls = [] } = said as Extract<ScriptedAnswer, { reasoning?: string }>;
      if (reasoning !== "") yield { type: "reasoning-delta", text: reasoning };
      for (const part of text.match(/.{1,5}/gs) ?? []) {
        yield { type: "text-delta", text: part };
        request.signal?.throwIfAborted();
      }
      if (typeof answer === "object" && "hangsAfter" in answer) await untilAborted(request.signal!);
      yield {
        type: "answer-end",
        text,
        ...(reasoning !== "" && { reasoning }),
        toolCalls: calls.map((call, i) => ({ ...call, id: `call_${requests.length}_${i}` })),
        finishReason: calls.length > 0 ? "tool_calls" : "stop",
        usage: { promptTokens: 10, cachedTokens: 4, completionTokens: 5 },
      };
    },
  };
}

export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
