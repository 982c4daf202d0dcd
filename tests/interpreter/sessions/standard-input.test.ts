// process.stdin and readline in cells: a line is asked of the person in front of the notebook.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession; // somebody answers
let silent: NotebookSession; // nobody does
let answers: readonly string[] = []; // the next ones; then empty ones

beforeAll(async () => {
  const answer = () => {
    const [next = "", ...rest] = answers;
    answers = rest;
    return next;
  };
  notebook = await openNotebook({ answer, files: { "rows.txt": "a\nb\n" } });
  silent = await openNotebook();
});
afterAll(async () => {
  await notebook[Symbol.asyncDispose]();
  await silent[Symbol.asyncDispose]();
});

/** What a cell shows whose questions get these answers, and how many it asked. */
async function answered(given: readonly string[], code: string) {
  answers = given;
  const before = notebook.events.length;
  const shown = plain(await notebook.result(code));
  const asked = notebook.events.slice(before).filter((event) => event.type === "input-request");
  return { shown, prompts: asked.map(({ prompt }) => prompt) };
}

const PROMISES = "import readline from 'node:readline/promises';\n";
const CALLBACKS = "import * as readline from 'node:readline';\nimport { promisify } from 'node:util';\n";
const OPEN = "const rl = readline.createInterface({ input: process.stdin, output: process.stdout });\n";
const PAUSE = "await new Promise((r) => setTimeout(r, 20));";

describe("a line is asked for when code waits for it, and no other", () => {
  test.each([
    ["a question", ["Ada"], `${PROMISES}${OPEN}const who = await rl.question('Who? ');\nrl.close();\nwho`, "'Ada'", 1],
    [
      "questions with other work between",
      ["a", "b"],
      `${PROMISES}${OPEN}const a = await rl.question('1? ');\n${PAUSE}\nconst b = await rl.question('2? ');\n${PAUSE}\na + b`,
      "'ab'",
      2,
    ],
    ["an empty answer to a question", [""], `${PROMISES}${OPEN}await rl.question('Name [x]? ')`, "''", 1],
    ["a callback", ["b"], `${CALLBACKS}${OPEN}await new Promise((r) => rl.question('? ', r))`, "'b'", 1],
    ["a callback, promisified", ["c"], `${CALLBACKS}${OPEN}await promisify(rl.question).call(rl, '? ')`, "'c'", 1],
    [
      "lines, until an empty one",
      ["a", "b"],
      `${CALLBACKS}${OPEN}const lines: string[] = [];\nfor await (const line of rl) lines.push(line);\nlines.join()`,
      "'a,b'",
      3,
    ],
    [
      "lines by an event, until it closes",
      ["a", "stop", "c"],
      `${CALLBACKS}${OPEN}const got: string[] = [];\nrl.on('line', (line) => { got.push(line); if (line === 'stop') rl.close(); });\nawait new Promise((r) => rl.once('close', r));\n${PAUSE}\ngot.join()`,
      "'a,stop'",
      2,
    ],
    [
      "a stream to its end",
      ["a", "b"],
      "let all = '';\nfor await (const chunk of process.stdin) all += chunk;\nall",
      "'a\\nb\\n'",
      3,
    ],
    ["one chunk", ["x"], `await new Promise((r) => process.stdin.once('data', (d) => r(String(d))))`, "'x\\n'", 1],
    ["Enter alone", [""], `await new Promise((r) => process.stdin.once('data', (d) => r(String(d))))`, "'\\n'", 1],
    ["the first of a stream", ["x"], "for await (const chunk of process.stdin) break;\n0", "0", 1],
  ])("%s", async (_, given, code, expected, questions) => {
    expect(await answered(given, code)).toEqual({ shown: expected, prompts: Array(questions).fill("") });
  });
});

test("a listener that a cell left behind is told of no end, and ends no later cell", async () => {
  await silent.result("process.stdin.on('data', () => {});");
  const { cellId } = (await silent.eventually((event) => event.type === "stream" && event.text.includes("ends:"))) as {
    cellId: string;
  };
  expect(silent.printed(cellId, "stderr")).toContain("[standard input ends: no input is possible here");
  expect(plain(await silent.result("1 + 1"))).toBe("2");
});

test("standard input that has ended, or that a cell left, is there for the next cell", async () => {
  const all = "let all = '';\nfor await (const chunk of process.stdin) all += chunk;\nall";
  expect(await answered(["a"], all)).toMatchObject({ shown: "'a\\n'" });
  expect(await answered([], `${PROMISES}${OPEN}`)).toEqual({ shown: undefined, prompts: [] });
  expect(await answered(["b"], all)).toMatchObject({ shown: "'b\\n'" });
});

test("the question is the prompt where the interface does not write it", async () => {
  const code = `${PROMISES}await readline.createInterface({ input: process.stdin }).question('Who? ')`;
  expect(await answered(["Ada"], code)).toEqual({ shown: "'Ada'", prompts: ["Who? "] });
});

test("readline of a file asks nothing", async () => {
  const code = `${CALLBACKS}import { createReadStream } from 'node:fs';
const read: string[] = [];
for await (const line of readline.createInterface({ input: createReadStream('rows.txt') })) read.push(line);
read.join()`;
  expect(await answered(["x"], code)).toEqual({ shown: "'a,b'", prompts: [] });
});

describe("where nobody can be asked", () => {
  test.each([
    ["a question fails", `${PROMISES}${OPEN}await rl.question('? ')`],
    ["a question with a callback fails", `${CALLBACKS}${OPEN}await new Promise((r) => rl.question('? ', r))`],
    ["one chunk, without an ear for the end, fails", "await new Promise((r) => process.stdin.once('data', r))"],
    [
      "chunks that are read when they are there fail",
      "process.stdin.on('readable', () => {});\nawait new Promise(() => {})",
    ],
    ["one line fails", `${CALLBACKS}${OPEN}await new Promise((r) => rl.once('line', r))`],
  ])("%s, and says why", async (_, code) => {
    expect((await silent.failure(code)).evalue).toContain("no input is possible here");
    expect(plain(await silent.result("1 + 1"))).toBe("2");
  });

  test.each([
    ["a stream", "let all = '';\nfor await (const chunk of process.stdin) all += chunk;\nall"],
    ["a stream by its events", "await new Promise((r) => process.stdin.on('data', r).on('end', () => r('')))"],
    ["a pipe", "process.stdin.pipe(process.stdout);\nawait new Promise((r) => process.stdin.on('close', () => r('')))"],
    ["lines by events", `${CALLBACKS}${OPEN}await new Promise((r) => rl.on('line', r).on('close', () => r('')))`],
    ["lines", `${CALLBACKS}${OPEN}let all = '';\nfor await (const line of rl) all += line;\nall`],
  ])("%s ends, with a word", async (_, code) => {
    const before = silent.events.length;
    expect(plain(await silent.result(code))).toBe("''");
    expect(silent.events.slice(before)).toContainEqual(
      expect.objectContaining({
        type: "stream",
        name: "stderr",
        text: expect.stringContaining("[standard input ends: no input is possible here"),
      }),
    );
  });
});
