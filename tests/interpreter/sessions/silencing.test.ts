import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let own: NotebookSession;
let tslab: NotebookSession;

beforeAll(async () => {
  own = await openNotebook();
  tslab = await openNotebook({ compiler: "tslab" });
});
afterAll(() => Promise.all([own[Symbol.asyncDispose](), tslab[Symbol.asyncDispose]()]));

const SILENT = [
  "1 + 1;",
  "[3, 1].sort();",
  "const a = 1;\na;;",
  "2; // a comment",
  "3 /* one */; /* another */\n",
  "`;`;",
];
const SHOWN = [
  ["1 + 1", "2"],
  ["'a;'", "'a;'"],
  ["const b = 1;\nb", "1"],
  ["/;/", "/;/"],
  ["4 // ;", "4"],
];

test.each(SILENT)("a `;` behind the last expression silences it: %j", async (code) => {
  for (const { result } of [own, tslab]) expect(await result(code)).toBeUndefined();
});

test.each(SHOWN)("without one it is shown: %j", async (code, shown) => {
  for (const { result } of [own, tslab]) expect(plain(await result(code!))).toBe(shown);
});

test("a silenced value is computed, and none of its display code is", async () => {
  await own.result("let calls = 0;\nconst loud = () => (calls++, { toHTML: () => (calls += 10, '') });");
  await own.result("loud();");
  expect(plain(await own.result("calls"))).toBe("1");
});

test("what the model wrote shows its value with it, too, and so does a front end's expression", async () => {
  for (const { session } of [own, tslab]) {
    const outcome = await session.execute("5;", { cellId: "of-model", byModel: true });
    expect(outcome).toMatchObject({ status: "ok", result: { data: { "text/plain": "5" } } });
    expect(await session.evaluate({ six: "6;" })).toMatchObject({ six: { result: { data: { "text/plain": "6" } } } });
  }
});

test.each([...SILENT, ...SHOWN.map(([code]) => code!), "<p>;</p>;", "{ let a = 1; }", "let c = 1;", ""])(
  "written down to be seen, %j shows what it did not",
  async (code) => {
    const written = await own.session.withValueShown(code);
    if (SILENT.includes(code)) expect(await own.result(written)).toBeDefined();
    else if (code === "<p>;</p>;") expect(written).toBe("<p>;</p>");
    else expect(written).toBe(code);
    expect(await tslab.session.withValueShown(code)).toBe(written);
  },
);
