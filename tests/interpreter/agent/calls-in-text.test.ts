import { expect, test } from "vitest";
import { callInText, hasClosedBlock, upToCall } from "../../../interpreter/agent/calls-in-text.ts";
import { describeTable, runSql, runTypeScript } from "../../../interpreter/index.ts";

const TOOLS = [runSql, runTypeScript, describeTable];

function callIn(text: string): string | undefined {
  const call = callInText(text, TOOLS, "id");
  return call && `${call.name} ${call.arguments}`;
}

test.each([
  ["a block of SQL", "```sql\nSELECT 1\n```", 'run_sql {"query":"SELECT 1"}'],
  ["words before and after it", "Let me see:\n```sql\nSELECT 1\n```\nThat is it.", 'run_sql {"query":"SELECT 1"}'],
  ["a block cut off", "```sql\nSELECT 1", 'run_sql {"query":"SELECT 1"}'],
  ["the first of two blocks", "```sql\nSELECT 1\n```\n```sql\nSELECT 2\n```", 'run_sql {"query":"SELECT 1"}'],
  ["a block without a language", "```\nselect 1 from t\n```", 'run_sql {"query":"select 1 from t"}'],
  ["a bare query", "SELECT count(*) FROM 'cars.csv'", `run_sql {"query":"SELECT count(*) FROM 'cars.csv'"}`],
  ["a bare query and chatter", "SELECT n FROM t;\n\nThis counts.", 'run_sql {"query":"SELECT n FROM t"}'],
  ["TypeScript", "```typescript\n1 + 1\n```", 'run_typescript {"code":"1 + 1"}'],
  [
    "bare JSON",
    '{"name":"run_sql","arguments":{"query":"SELECT 1"},"required":["query"]}',
    'run_sql {"query":"SELECT 1"}',
  ],
  [
    "fenced JSON",
    '```json\n{"name": "run_sql", "arguments": {"query": "SELECT 1"}}\n```',
    'run_sql {"query":"SELECT 1"}',
  ],
  [
    "tagged JSON",
    '<tool_call>\n{"name": "run_sql", "arguments": {"query": "a}"}}\n</tool_call>',
    'run_sql {"query":"a}"}',
  ],
  ["half a JSON", '{"name":"run_sql","arguments":{"query":"SEL', 'run_sql {"query":"SEL'],
])("%s", (_what, text, expected) => expect(callIn(text)).toBe(expected));

test.each([
  ["a sentence", "There are 79 cars."],
  ["a sentence that starts like SQL", "With 79 cars, Japan comes second. Select one from the list."],
  ["From", "From the table, 79."],
  ["another language", "```python\nprint(1)\n```"],
  ["JSON of something else", '{"name": "Toyota", "arguments": 3}'],
  ["an empty block", "```sql\n\n```"],
])("%s is no call", (_what, text) => expect(callIn(text)).toBeUndefined());

test("a block counts as closed at its closing fence only", () => {
  expect(hasClosedBlock("```sql\nSELECT 1\n")).toBe(false);
  expect(hasClosedBlock("```sql\nSELECT '`'\n``")).toBe(false);
  expect(hasClosedBlock("```sql\nSELECT 1\n```")).toBe(true);
});

test("what follows a call is left out", () => {
  expect(upToCall("Look:\n```sql\nSELECT 1\n```\nResult: 5")).toBe("Look:\n```sql\nSELECT 1\n```");
});
