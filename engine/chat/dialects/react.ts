import type { CallFormat } from "../../grammar/call-format.ts";
import { messageText } from "../message-text.ts";
import type { ChatRequest } from "../request.ts";
import type { Conversation, PreparedConversation, ToolDialect } from "./dialect.ts";
import { pythonJson } from "./python-json.ts";
import { ReactReader } from "./react-reader.ts";

type Message = ChatRequest["messages"][number];
type Call = NonNullable<Message["tool_calls"]>[number];
type Tools = NonNullable<Conversation["tools"]>;

const FORMAT: CallFormat = {
  trigger: "\nAction:",
  marks: [],
  tag: (name, parameters) => ({
    begin: `\nAction: ${name}\nAction Input: `,
    content: { type: "json_schema", json_schema: parameters },
    end: "\nObservation:",
  }),
};

/**
 * For models whose template knows no tools: the first generation was trained to use tools that it has never seen from
 * their descriptions, in the words of ReAct (Yao et al. 2022, arXiv:2210.03629). The wording is that of the training:
 * QwenLM/Qwen, examples/react_prompt.md and openai_api.py.
 */
export const REACT: ToolDialect = {
  name: "react",
  prepare,
  callStart: (name) =>
    name === undefined
      ? "Thought: I have to use a tool.\nAction:"
      : `Thought: I have to use ${name}.\nAction: ${name}\nAction Input:`,
  format: FORMAT,
  reader: (tools) => new ReactReader(tools),
};

function prepare({ messages, tools }: Conversation): PreparedConversation {
  const hasTools = Boolean(tools?.length);
  const turns = merged(messages, hasTools);
  if (tools && hasTools) {
    const question = turns.findLast(({ role }) => role === "user");
    if (question) question.content = `${instruction(tools)}\n\nQuestion: ${question.content}`;
  }
  const goesOn = messages.at(-1)?.role === "tool";
  const answered = goesOn ? `${turns.pop()?.content ?? ""}\n` : "";
  return { messages: turns, answered, answerStart: goesOn ? "Thought:" : "" };
}

/** With a call, its result and what follows in one turn of the assistant, as the model has written and read them. */
function merged(messages: readonly Message[], hasTools: boolean): { role: Message["role"]; content: string }[] {
  const turns: { role: Message["role"]; content: string }[] = [];
  const calls = new Map<string, Call>();
  let inCalls = false; // the newest turn has called
  const goOn = (text: string) => {
    const turn = turns.at(-1);
    if (turn?.role === "assistant") turn.content += `\n${text}`;
    else turns.push({ role: "assistant", content: text });
  };
  for (const message of messages) {
    const content = messageText(message);
    if (message.role === "tool") {
      goOn(`${action(calls.get(message.tool_call_id ?? ""))}Observation: ${content}`);
    } else if (message.role !== "assistant") {
      turns.push({ role: message.role, content });
      inCalls = false;
    } else if (message.tool_calls?.length) {
      for (const call of message.tool_calls) calls.set(call.id, call);
      goOn(`Thought: ${message.reasoning_content || content}`);
      inCalls = true;
    } else goOn(hasTools || inCalls ? `Thought: I now know the final answer.\nFinal Answer: ${content}` : content);
  }
  return turns;
}

function action(call: Call | undefined): string {
  return call ? `Action: ${call.function.name}\nAction Input: ${call.function.arguments}\n` : "";
}

function instruction(tools: Tools): string {
  const names = tools.map((tool) => tool.function.name).join(",");
  return `Answer the following questions as best you can. You have access to the following tools:

${tools.map(description).join("\n\n")}

Use the following format:

Question: the input question you must answer
Thought: you should always think about what to do
Action: the action to take, should be one of [${names}]
Action Input: the input to the action
Observation: the result of the action
... (this Thought/Action/Action Input/Observation can be repeated zero or more times)
Thought: I now know the final answer
Final Answer: the final answer to the original input question

Begin!`;
}

function description({ function: { name, description = "", parameters = {} } }: Tools[number]): string {
  const use = `Call this tool to interact with the ${name} API. What is the ${name} API useful for?`;
  return `${name}: ${use} ${description} Parameters: ${pythonJson(parameters)} Format the arguments as a JSON object.`;
}
