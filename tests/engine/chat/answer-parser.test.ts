import { describe, expect, test } from "vitest";
import { HERMES } from "../../../engine/chat/dialects/hermes.ts";
import { inPieces, readAnswer } from "./read-answer.ts";

const TOOLS = [{ name: "run_sql" }, { name: "add" }];
const CALL = '{"name": "run_sql", "arguments": {"query": "SELECT \'é\' FROM t"}}';

const SQL = 'run_sql {"query":"SELECT \'é\' FROM t"}';

describe.each([1, 2, 3, 7, 1000])("pieces of %d characters", (size) => {
  test.each([
    ["a tagged call", `<tool_call>\n${CALL}\n</tool_call>`, "", [SQL]],
    ["text before it", `I look.\n<tool_call>${CALL}</tool_call>`, "I look.\n", [SQL]],
    [
      "two calls",
      `<tool_call>${CALL}</tool_call>\n<tool_call>{"name":"add","arguments":{"a":1}}</tool_call>`,
      "\n",
      [SQL, 'add {"a":1}'],
    ],
    ["no closing tag", `<tool_call>\n${CALL}`, "", [SQL]],
    ["a fenced call", `\`\`\`json\n${CALL}\n\`\`\``, "", [SQL]],
    ["a bare object", CALL, "", [SQL]],
    ["arguments as a string", '<tool_call>{"name":"add","arguments":"{\\"a\\":1}"}</tool_call>', "", ['add {"a":1}']],
    [
      "a raw line break in a string",
      '<tool_call>{"name":"run_sql","arguments":{"query":"SELECT 1\nFROM t"}}</tool_call>',
      "",
      ['run_sql {"query":"SELECT 1\\nFROM t"}'],
    ],
    [
      "a trailing comma and a missing brace",
      '<tool_call>{"name":"add","arguments":{"a":1,}</tool_call>',
      "",
      ['add {"a":1}'],
    ],
    [
      "another name is text",
      '```json\n{"name":"rm","arguments":{}}\n```',
      '```json\n{"name":"rm","arguments":{}}\n```',
      [],
    ],
    ["ordinary JSON is text", '```json\n{"a": 1}\n```', '```json\n{"a": 1}\n```', []],
    [
      "broken beyond repair",
      '<tool_call>{"name": "add", ]</tool_call>',
      '<tool_call>{"name": "add", ]</tool_call>',
      [],
    ],
    ["code is text", "Use `a < b` or <b>.", "Use `a < b` or <b>.", []],
  ])("%s", (_, answer, text, calls) => {
    const read = readAnswer({ dialect: HERMES, tools: TOOLS }, inPieces(answer, size));
    expect(read).toEqual({ reasoning: "", text, calls });
  });
});

test("without tools everything is text, at once", () => {
  expect(HERMES.reader([]).push("<tool_call>{")).toEqual([{ type: "text", text: "<tool_call>{" }]);
});
