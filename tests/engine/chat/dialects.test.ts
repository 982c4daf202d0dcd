// Answers as the generations of Qwen write them, and that it does not matter into which pieces they come.
import { describe, expect, test } from "vitest";
import { HERMES } from "../../../engine/chat/dialects/hermes.ts";
import { REACT } from "../../../engine/chat/dialects/react.ts";
import { XML } from "../../../engine/chat/dialects/xml.ts";
import { randomNumbers } from "../kernels/linear-sources.ts";
import { type AnswerCase, inPieces, type ReadAnswer, readAnswer } from "./read-answer.ts";

const RANDOM_SPLITS = 200; // of each answer, beside all splits into two

const TOOLS = [
  {
    name: "write",
    parameters: {
      type: "object",
      properties: {
        code: { type: "string" },
        line: { type: "integer" },
        ratio: { type: "number" },
        dry: { type: "boolean" },
        tags: { type: "array", items: { type: "string" } },
        where: { anyOf: [{ type: "string" }, { type: "null" }] },
        options: { type: "object" },
      },
      required: ["code"],
    },
  },
  { name: "python", parameters: { type: "object", properties: { code: { type: "string" } } } },
  { name: "now" },
];

const parameter = (name: string, value: string) => `<parameter=${name}>\n${value}\n</parameter>\n`;
const xmlCall = (name: string, ...parameters: string[]) =>
  `<tool_call>\n<function=${name}>\n${parameters.join("")}</function>\n</tool_call>`;
const none: ReadAnswer = { reasoning: "", text: "", calls: [] };

const XML_ANSWERS: [string, string, Partial<ReadAnswer>][] = [
  ["a call", xmlCall("write", parameter("code", "x = 1")), { calls: ['write {"code":"x = 1"}'] }],
  [
    "values of every type",
    xmlCall(
      "write",
      parameter("code", "5"),
      parameter("line", "5"),
      parameter("ratio", "5"),
      parameter("dry", "True"),
      parameter("tags", '["a", "b"]'),
      parameter("where", "null"),
      parameter("options", '{"a": {"b": 1}}'),
    ),
    {
      calls: ['write {"code":"5","line":5,"ratio":5,"dry":true,"tags":["a","b"],"where":null,"options":{"a":{"b":1}}}'],
    },
  ],
  [
    "a value that is not of its type stays text, for whoever checks it",
    xmlCall("write", parameter("code", "x"), parameter("line", "five"), parameter("dry", "1")),
    { calls: ['write {"code":"x","line":"five","dry":"1"}'] },
  ],
  [
    "code keeps its lines, indentation and quotes",
    xmlCall("python", parameter("code", "def f():\n    return \"<a>\" if 1 < 2 else '&'\n\nf()\n")),
    { calls: ['python {"code":"def f():\\n    return \\"<a>\\" if 1 < 2 else \'&\'\\n\\nf()\\n"}'] },
  ],
  [
    "code that writes of tags",
    xmlCall("python", parameter("code", 's = "</parameter> <tool_call> </function>"\nprint(s)')),
    { calls: ['python {"code":"s = \\"</parameter> <tool_call> </function>\\"\\nprint(s)"}'] },
  ],
  [
    "text, two calls, text",
    `I look.\n${xmlCall("now")}\n${xmlCall("python", parameter("code", ""))} Done.`,
    { text: "I look.\n\n Done.", calls: ["now {}", 'python {"code":""}'] },
  ],
  [
    "no tags around it",
    "I look.\n<function=python>\n<parameter=code>\n1\n</parameter>\n</function> Done.",
    { text: "I look.\n Done.", calls: ['python {"code":"1"}'] },
  ],
  [
    "cut off in a value",
    "<tool_call>\n<function=python>\n<parameter=code>\nprint(1)",
    { calls: ['python {"code":"print(1)"}'] },
  ],
  [
    "cut off in its closing tags",
    "<tool_call>\n<function=python>\n<parameter=code>\nprint(1)\n</parameter>\n</function>\n</tool",
    { calls: ['python {"code":"print(1)"}'] },
  ],
  ["another name is text", xmlCall("rm"), { text: xmlCall("rm") }],
  [
    "a tag in prose is text",
    "Write <tool_call> or <function= and <b>.\n",
    { text: "Write <tool_call> or <function= and <b>.\n" },
  ],
];

const REACT_ANSWERS: [string, string, Partial<ReadAnswer>][] = [
  [
    "a call, and nothing of what the model invents after it",
    "Thought: I look it up.\nAction: now\nAction Input: {}\nObservation: 12 o'clock\nThought: I know.\nFinal Answer: 12",
    { reasoning: "I look it up.", calls: ["now {}"] },
  ],
  [
    "a final answer, which may hold headings",
    "Thought: I now know the final answer\nFinal Answer: Two lines:\nAction: rest\n",
    { reasoning: "I now know the final answer", text: "Two lines:\nAction: rest\n" },
  ],
  [
    "code in a fence, for a tool that takes one text",
    "Thought: Run.\nAction: python\nAction Input: ```py\nprint(1)\nprint(2)\n```\nObservation:",
    { reasoning: "Run.", calls: ['python {"code":"print(1)\\nprint(2)"}'] },
  ],
  ["JSON over lines", 'Action: write\nAction Input: {\n  "code": "x",\n}', { calls: ['write {"code":"x"}'] }],
  [
    "an answer without any heading",
    "Action is needed:\nThoughts are free.",
    { text: "Action is needed:\nThoughts are free." },
  ],
  ["an answer that is only a thought", "Thought: It is 3.", { reasoning: "It is 3.", text: "It is 3." }],
  [
    "another name is text",
    "Thought: Hm.\nAction: rm\nAction Input: {}\nObservation:",
    { reasoning: "Hm.", text: "Action: rm\nAction Input: {}" },
  ],
  ["an action without an input is text", "Thought: Hm.\nAction: none", { reasoning: "Hm.", text: "Action: none" }],
];

const THINKING: [string, AnswerCase["thinking"], string, Partial<ReadAnswer>][] = [
  [
    "a thinking that comes",
    "possible",
    "<think>\nHm, < 3.\n\nSo.\n</think>\n\n It is 3.",
    { reasoning: "Hm, < 3.\n\nSo.", text: "It is 3." },
  ],
  ["one that the prompt has opened", "open", "Hm.\n</think>\n\nIt is 3.", { reasoning: "Hm.", text: "It is 3." }],
  ["an empty one", "possible", "<think>\n\n</think>\n\nIt is 3.", { text: "It is 3." }],
  ["none, though it may come", "possible", "<b>It</b> is 3. <think>", { text: "<b>It</b> is 3. <think>" }],
  ["none that may come", "none", "<think>3</think>", { text: "<think>3</think>" }],
  ["cut off", "open", "Hm, let me see </thi", { reasoning: "Hm, let me see </thi" }],
  [
    "calls are calls only after it",
    "possible",
    `<think>\nI could <tool_call>{"name": "now"}</tool_call>.\n</think>\n\nI look.\n<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>`,
    {
      reasoning: 'I could <tool_call>{"name": "now"}</tool_call>.',
      text: "I look.\n",
      calls: ["now {}"],
    },
  ],
];

const ANSWERS: [string, AnswerCase, string, Partial<ReadAnswer>][] = [
  ...XML_ANSWERS.map(([name, answer, read]) => [`xml: ${name}`, { dialect: XML }, answer, read] as never),
  ...REACT_ANSWERS.map(([name, answer, read]) => [`react: ${name}`, { dialect: REACT }, answer, read] as never),
  ...THINKING.map(
    ([name, thinking, answer, read]) => [`thinking: ${name}`, { dialect: HERMES, thinking }, answer, read] as never,
  ),
];

describe.each(ANSWERS)("%s", (_, given, answer, expected) => {
  const read = (pieces: readonly string[]) => readAnswer({ tools: TOOLS, ...given }, pieces);

  test("is read", () => expect(read([answer])).toEqual({ ...none, ...expected }));

  test("is the same in any pieces", () => {
    const whole = read([answer]);
    for (let at = 0; at <= answer.length; at++) expect(read([answer.slice(0, at), answer.slice(at)])).toEqual(whole);
    expect(read(inPieces(answer, 1))).toEqual(whole);
    const random = randomNumbers(answer.length);
    for (let i = 0; i < RANDOM_SPLITS; i++) {
      const often = random();
      const pieces = answer.split("").reduce<string[]>((made, character) => {
        if (made.length === 0 || random() < often) made.push(character);
        else made[made.length - 1] += character;
        return made;
      }, []);
      expect(read(pieces)).toEqual(whole);
    }
  });
});

test("a call that was begun for the model is read with its beginning", () => {
  const { calls } = readAnswer({ dialect: XML, tools: TOOLS, begun: XML.callStart("python") }, [
    "<parameter=code>\n1\n</parameter>\n</function>\n</tool_call>",
  ]);
  expect(calls).toEqual(['python {"code":"1"}']);
  const react = readAnswer({ dialect: REACT, tools: TOOLS, begun: REACT.callStart("python") }, [' {"code": "1"}']);
  expect(react.calls).toEqual(['python {"code":"1"}']);
  const any = readAnswer({ dialect: REACT, tools: TOOLS, begun: REACT.callStart() }, [" now\nAction Input: {}"]);
  expect(any.calls).toEqual(["now {}"]);
});
