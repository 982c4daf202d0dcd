import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook();
  await notebook.result(
    "const kept = 42;\nconst text = 'x'.repeat(300_000_000);\nconst bytes = Buffer.alloc(300_000_000);",
  );
});
afterAll(() => notebook[Symbol.asyncDispose]());

const run = async (code: string) => {
  const from = notebook.events.length;
  const outcome = await notebook.run(code);
  const events = notebook.events.slice(from);
  const said = events.map((event) => (event.type === "stream" && event.name === "stderr" ? event.text : "")).join("");
  return { outcome, said, shown: events.filter((event) => event.type === "display") };
};

describe("300 MB are refused with a word, and the session stays:", () => {
  const SHOWN: Record<string, string> = {
    "a display of text": "display.html(text)",
    "a display of bytes": "bytes[0] = 0x89; display.png(bytes)",
    "a display of any type": "display.raw('application/x-any', bytes)",
    "a display of JSON": "display.json({ a: [{ b: text }] })",
    "a display of many numbers": "display.json(new Array(20_000_000).fill(1))",
    "a display of bytes in JSON": "display.json({ a: { b: bytes } })",
    "an update of a display": "const view = newDisplay(); view.html(text)",
  };
  for (const [name, code] of Object.entries(SHOWN)) {
    test(name, async () => {
      const { outcome, said, shown } = await run(code);
      expect({ ...outcome, time: undefined }).toEqual({ status: "ok" });
      expect(shown).toEqual([]);
      expect(said).toMatch(
        /^\[not shown: [\w/+-]+( of \d+ MB)?, over the 32 MB .* write it to a file, or show a part of it\]\n$/,
      );
    });
  }

  const RESULTS: Record<string, string> = {
    "a result with a form of its own": "({ _repr_html_: () => text })",
    "a result that says how it looks":
      "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': text, 'text/plain': 'short' }) })",
    "an image": "Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47), bytes])",
    "a chart": "({ $schema: 'https://vega.github.io/schema/vega-lite/v5.json', data: { values: [{ text }] } })",
  };
  for (const [name, code] of Object.entries(RESULTS)) {
    test(name, async () => {
      const { outcome, said } = await run(code);
      const data = outcome.status === "ok" ? outcome.result?.data : undefined;
      expect(Object.keys(data ?? {})).toEqual(["text/plain"]);
      expect(said).toMatch(/^\[not shown: .* write it to a file/);
    });
  }

  test("a string, a table of it, and one with such a column show their beginning", async () => {
    for (const code of [
      "text",
      "[{ a: text }]",
      "[{ [text]: 1 }]",
      '[Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => ["c" + i, i]))]',
    ]) {
      const { outcome, said } = await run(code);
      expect(outcome.status).toBe("ok");
      expect(JSON.stringify(outcome).length).toBeLessThan(300_000);
      expect(said).toBe("");
    }
  });

  const ERRORS: Record<string, string> = {
    "a message": "throw new Error(text)",
    "a name": "throw Object.assign(new Error('short'), { name: text })",
    "a cause": "throw new Error('short', { cause: new Error(text) })",
    "what is no error": "throw { text, again: [text, text] }",
  };
  for (const [name, code] of Object.entries(ERRORS)) {
    test(`thrown with ${name}`, async () => {
      const { outcome } = await run(code);
      expect(outcome).toMatchObject({ status: "error", error: { ename: expect.not.stringMatching(/SessionEnded/) } });
      expect(JSON.stringify(outcome).length).toBeLessThan(1_000_000);
    });
  }

  test("asked of the user or of the model", async () => {
    expect((await run("confirm(text)")).outcome.status).toBe("ok");
    expect((await run("await qwen.chat(text)")).outcome).toMatchObject({
      error: { evalue: expect.stringContaining("more than a model can read") },
    });
    expect((await run("await Promise.all(Array.from({ length: 1000 }, () => input('?')))")).outcome).toMatchObject({
      error: { evalue: expect.stringMatching(/100 questions wait|no input is possible/) },
    });
  });

  test("and what the kernel asks the session for", async () => {
    await expect(notebook.session.sql("SELECT 1 AS a", { locked: false, maxRows: 1 })).resolves.toMatchObject({
      rowCount: 1,
    });
    expect(await notebook.session.values(["text"])).toMatchObject([{ error: expect.stringContaining("100 MB") }]);
  });

  test("with the variables as they were", async () => {
    expect(plain(await notebook.result("[kept, text.length, bytes.length]"))).toBe("[ 42, 300000000, 300000000 ]");
    expect(notebook.events.filter(({ type }) => type === "session-ended")).toEqual([]);
  });
});
