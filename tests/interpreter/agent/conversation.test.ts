import { expect, test } from "vitest";
import { estimateTokens, fitConversation } from "../../../interpreter/agent/conversation.ts";
import { type ChatMessage, type Conversation, newTurn } from "../../../interpreter/index.ts";

const SYSTEM: ChatMessage = { role: "system", content: "Be brief." };

function turn(question: string, notebook: string, ...rest: ChatMessage[]) {
  const made = newTurn(question, notebook);
  made.messages.push(...rest);
  return made;
}

test("only the newest turn carries what the model is told of the notebook", () => {
  const conversation: Conversation = [
    turn("one?", "old tables", { role: "assistant", content: "1" }),
    turn("two?", "new tables"),
  ];
  expect(fitConversation([SYSTEM], conversation, 1000)).toEqual([
    SYSTEM,
    { role: "user", content: "one?" },
    { role: "assistant", content: "1" },
    { role: "user", content: "new tables\n\nQuestion: two?" },
  ]);
});

test("the oldest turns go first, whole; the newest stays", () => {
  const long = "word ".repeat(300);
  const conversation = ["a", "b", "c"].map((name) => turn(`${name} ${long}`, "", { role: "assistant", content: name }));
  const messages = fitConversation([SYSTEM], conversation, 1100);
  expect(messages.filter(({ role }) => role === "user").map(({ content }) => String(content)[0])).toEqual(["b", "c"]);
  expect(fitConversation([SYSTEM], conversation, 10).map(({ role }) => role)).toEqual(["system", "user", "assistant"]);
});

test("in a long turn the oldest results are left out, the question and the last result stay", () => {
  const call = (id: string): ChatMessage => ({
    role: "assistant",
    content: null,
    tool_calls: [{ id, type: "function", function: { name: "run_sql", arguments: "{}" } }],
  });
  const result = (id: string): ChatMessage => ({ role: "tool", tool_call_id: id, content: id.repeat(3000) });
  const conversation = [turn("sum?", "", call("a"), result("a"), call("b"), result("b"))];
  const messages = fitConversation([SYSTEM], conversation, 1200);
  expect(messages[1]).toEqual({ role: "user", content: "sum?" });
  expect(messages[3]).toEqual({ role: "tool", tool_call_id: "a", content: "(left out)" });
  expect(messages[5]).toEqual(result("b"));
});

test("Chinese counts a token a character", () => {
  expect(estimateTokens("汽车有多少")).toBe(5);
  expect(estimateTokens("how many cars")).toBe(5);
});
