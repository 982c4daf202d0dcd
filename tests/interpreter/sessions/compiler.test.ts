import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook();
  await notebook.result(
    "interface Planet {\n  /** In kilometres. */\n  radius: number;\n  name: string;\n}\nconst planets: Planet[] = [];",
  );
});
afterAll(() => notebook[Symbol.asyncDispose]());

test("members are completed by type, in UTF-16 offsets", async () => {
  const code = "'🪐'; planets[0].ra";
  const completion = await notebook.session.complete(code, code.length);
  expect(completion).toEqual({ matches: ["radius"], types: ["property"], start: code.length - 2, end: code.length });
});

test("names of earlier cells and our globals are completed", async () => {
  expect((await notebook.session.complete("plane", 5)).matches).toEqual(["planets"]);
  expect((await notebook.session.complete("newDis", 6)).matches).toEqual(["newDisplay"]);
});

test("inspection tells type and documentation, also right after the name", async () => {
  const code = "planets[0].radius";
  const found = await notebook.session.inspect(code, code.length);
  expect(found?.plain).toBe("(property) Planet.radius: number\n\nIn kilometres.");
  expect(await notebook.session.inspect("   ", 1)).toBeUndefined();
});

test("check tells the type errors of code against the session, and runs nothing", async () => {
  expect(await notebook.session.check("planets[0].mass;\nconsole.log('ran')")).toMatchObject([
    { code: 2339, line: 1, column: 12 },
  ]);
  expect(await notebook.session.check("planets.length")).toEqual([]);
  expect(notebook.events).toEqual([]);
});

test("completion answers while a cell runs", async () => {
  const cell = notebook.session.execute("console.log('started'); for (;;) {}", { cellId: "busy" });
  await notebook.eventually((event) => event.type === "stream");
  expect((await notebook.session.complete("plane", 5)).matches).toEqual(["planets"]);
  notebook.session.interrupt();
  await cell;
});

const COMPLETENESS = {
  complete: ["1 + 1", "await fetch('x')", "const a = `b\nc`", "", "for (;;) {\n}", "// comment"],
  incomplete: ["for (;;) {", "f(", "const a = `b", "/* a", "const x =", "class A {\n  b() {"],
  invalid: ["foo bar baz", "'open", "}", "const = 1", "f)("],
};

for (const [status, codes] of Object.entries(COMPLETENESS)) {
  for (const code of codes) {
    test(`${JSON.stringify(code)} is ${status}`, async () => {
      expect((await notebook.session.isComplete(code)).status).toBe(status);
    });
  }
}

test("an open brace asks for an indented line", async () => {
  expect(await notebook.session.isComplete("  if (a) {")).toEqual({ status: "incomplete", indent: "    " });
});
