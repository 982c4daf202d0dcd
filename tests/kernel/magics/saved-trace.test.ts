// A notebook's file from anybody: what it holds is found in bounded time and memory, or the reason is said.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../../kernel/cells/cell.ts";
import { TRACE_MIME } from "../../../kernel/display/trace.ts";
import { savedTrace } from "../../../kernel/model/saved-trace.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qwenlab-trace-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const trace = (request: string) => ({ request, steps: [{ tool: "run_sql", arguments: "{}" }] });
const output = (data: object) => ({ output_type: "display_data", data, metadata: {} });

test("the last trace, or the one of a number, beside a picture and what looks like the end of a text", () => {
  const traces = ["first", 'second \\" , [[ \\\\'].map((request) => output({ [TRACE_MIME]: trace(request) }));
  const picture = output({ "image/png": "[,".repeat(20_000_000) });
  const stream = { output_type: "stream", name: "stdout", text: "x" };
  const cells = [{ cell_type: "markdown" }, { outputs: [picture, stream, ...traces] }];
  writeFileSync(join(folder, "good.ipynb"), JSON.stringify({ cells }));
  expect(savedTrace("good.ipynb", undefined, folder).request).toBe('second \\" , [[ \\\\');
  expect(savedTrace("good.ipynb", "1", folder).request).toBe("first");
  expect(() => savedTrace("good.ipynb", "3", folder)).toThrow("good.ipynb holds 2 traces of %%agent, and no number 3");
});

test.each([
  ["null", "not a notebook (the top:"],
  ['{"cells":{}}', "not a notebook (cells:"],
  ['{"cells":[null]}', "not a notebook (cells.0:"],
  ['{"cells":[{"outputs":{"a":1}}]}', "not a notebook (cells.0.outputs:"],
  ['{"cells":[{"outputs":[null]}]}', "not a notebook (cells.0.outputs.0:"],
  [`{"cells":[{"outputs":[{"data":{"${TRACE_MIME}":{"request":1}}}]}]}`, "its trace is damaged (request)"],
  ['{"cells":["', "Unterminated string"],
])("%s is told in words that name the file", (json, problem) => {
  writeFileSync(join(folder, "odd.ipynb"), json);
  expect(() => savedTrace("odd.ipynb", undefined, folder)).toThrow(UserError);
  expect(() => savedTrace("odd.ipynb", undefined, folder)).toThrow(`odd.ipynb: ${problem}`);
});

test("180 MB of empty lists, whose parsing would take all memory, are refused unparsed", () => {
  const file = openSync(join(folder, "lists.ipynb"), "w");
  writeSync(file, '{"cells":[');
  const lists = Buffer.from("[],".repeat(2 ** 20));
  for (let i = 0; i < 60; i++) writeSync(file, lists);
  writeSync(file, "[]]}");
  closeSync(file);
  expect(() => savedTrace("lists.ipynb", undefined, folder)).toThrow("it holds more than 2000000 values");
});
