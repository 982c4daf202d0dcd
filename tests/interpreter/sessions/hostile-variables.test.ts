// Variables whose getters, proxies and iterators are anybody's code, as the notebook is described to a model.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook();
  await notebook.run("const cars = [{ kmh: 120 }, { kmh: 90 }]");
});
afterAll(() => notebook[Symbol.asyncDispose]());

const ENDLESS = "while (true) {}";

test.each([
  ["rows that are none", "{ schema: { fields: [] }, numRows: -5, slice() { return this }, toArray: () => [1] }"],
  ["columns that are none", "{ schema: { fields: [null] }, numRows: NaN, slice() { return null }, toArray: () => 7 }"],
  ["a schema that throws", "{ get schema(): any { throw new Error('boo') }, numRows: 1, toArray() {} }"],
  ["an endless slice", `{ schema: { fields: [] }, numRows: 1, slice() { ${ENDLESS} }, toArray: () => [] }`],
  ["a proxy that throws", "new Proxy({}, { get() { throw new Error('get') }, has() { throw new Error('has') } })"],
  ["a revoked proxy", "(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy })()"],
  ["an endless getter", `[{ get a() { ${ENDLESS} return 1 } }]`],
  ["an endless inspection", `{ [Symbol.for("nodejs.util.inspect.custom")]() { ${ENDLESS} } }`],
])("%s: told so, and the other variables and tables are described", async (_, value) => {
  await hostile(value, "cannot be looked at");
});

test("four billion holes: they are counted, and the other variables and tables are described", async () => {
  const holes = "(() => { const a: any[] = []; a.length = 4294967295; a[0] = { a: 1 }; return a })()";
  await hostile(holes, "4294967295 items: [ { a: 1 }, <4294967294 empty items> ]");
});

/** Has a variable of that value, which is described so, beside another that is as it was. */
async function hostile(value: string, described: string): Promise<void> {
  const { session, run } = notebook;
  expect(await run(`var hostile: any = ${value}`)).toMatchObject({ status: "ok" });
  const summaries = (await session.variables()).map(({ name, summary }) => [name, summary]);
  expect(Object.fromEntries(summaries)).toEqual({ cars: "2 rows", hostile: described });
  expect((await session.tables()).map(({ name }) => name)).toEqual(["cars"]);
  expect(await notebook.result("cars.length")).toEqual({ "text/plain": "2" });
}
