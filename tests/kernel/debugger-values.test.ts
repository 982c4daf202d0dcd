// What the debugger shows of values, and how they are expanded.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DebugClient } from "./debug-client.ts";

const VALUES = `class Planet {
  #secret = 1;
  name = "Mars";
  get moons(): number { return 2; }
}
const own = { get lazy() { return [1, 2]; } };
const values = {
  planet: new Planet(), own, nothing: null, missing: undefined, text: 'quoted "text"', big: 10n,
  date: new Date(0), pattern: /x/g, call: (x: number) => x, map: new Map([["k", { z: 1 }]]), set: new Set([1]),
  many: Array.from({ length: 25_000 }, (_, i) => i), bytes: new Uint8Array([7, 8]), error: new RangeError("bad"),
  promise: Promise.resolve(1), symbol: Symbol("q"), proxy: new Proxy({ a: 1 }, { ownKeys() { throw new Error("trap"); } }),
  notANumber: NaN, negative: -0, wide: Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => ["p" + i, i])),
};
debugger;
values.planet.name`;

describe("values under the debugger", () => {
  let client: DebugClient;
  let top: number;
  let values: Awaited<ReturnType<DebugClient["expand"]>>;

  beforeAll(async () => {
    client = await DebugClient.start();
    await client.attach();
    client.kernel.startCell(VALUES);
    top = (await client.stopped()).frames[0]!.id;
    values = await client.expand((await client.variables(top, "Locals")).values!);
  });
  afterAll(() => client?.[Symbol.asyncDispose]());

  test.each([
    ["planet", 'Planet {#secret: 1, name: "Mars"}', "Planet"],
    ["nothing", "null", "null"],
    ["missing", "undefined", "undefined"],
    ["text", '"quoted \\"text\\""', "string"],
    ["big", "10n", "bigint"],
    ["pattern", "/x/g", "RegExp"],
    ["call", "ƒ (x) => x", "Function"],
    ["map", 'Map(1) {"k" => Object}', "Map"],
    ["set", "Set(1) {1}", "Set"],
    ["bytes", "Uint8Array(2) [7, 8]", "Uint8Array"],
    ["error", "RangeError: bad", "RangeError"],
    ["promise", 'Promise {[[PromiseState]]: "fulfilled", [[PromiseResult]]: 1}', "Promise"],
    ["symbol", "Symbol(q)", "symbol"],
    ["notANumber", "NaN", "number"],
    ["negative", "-0", "number"],
  ])("%s is shown as %s", (name, value, type) => {
    expect(values[name]).toMatchObject({ value, type, evaluateName: `values.${name}` });
  });

  test("members, private ones and entries are listed; a getter runs when it is asked for", async () => {
    expect(await client.expand(values.planet!)).toMatchObject({ name: { value: '"Mars"' }, "#secret": { value: "1" } });
    const entries = await client.expand((await client.expand(values.map!))["[[Entries]]"]!);
    expect(entries["0"]!.value).toContain('{"k" => Object}');
    const { lazy } = await client.expand(values.own!);
    expect(lazy).toMatchObject({ value: "(…)", presentationHint: { lazy: true } });
    expect(Object.values(await client.expand(lazy!))).toMatchObject([{ value: "Array(2) [1, 2]" }]);
    expect(Object.keys(await client.expand(values.proxy!))).toContain("[[Target]]"); // by none of its traps
  });

  test("many elements come in pages that are asked for, or in parts", async () => {
    const { many } = values;
    expect(many!.indexedVariables).toBe(25_000);
    const page = await client.expand(many!, { filter: "indexed", start: 24_998, count: 10 });
    expect(Object.entries(page).map(([name, { value }]) => [name, value])).toEqual([
      ["24998", "24998"],
      ["24999", "24999"],
    ]);
    const parts = await client.expand(many!);
    expect(Object.keys(parts).slice(0, 2)).toEqual(["0…9999", "10000…19999"]);
    const smaller = await client.expand(parts["20000…24999"]!);
    const last = await client.expand(smaller["24900…24999"]!);
    expect(last["24999"]).toMatchObject({ value: "24999", evaluateName: "values.many[24999]" });
    const wide = await client.expand(values.wide!);
    expect(wide["…"]!.value).toContain("first 1000");
  });

  test("inner names of ours are not among the variables", async () => {
    const { scopes } = await client.body("scopes", { frameId: top });
    expect(scopes.map(({ name }: { name: string }) => name)).toEqual(["Locals", "Notebook"]);
    const locals = Object.keys(await client.variables(top, "Locals"));
    expect(locals.filter((name) => name.startsWith("__"))).toEqual([]);
    expect(Object.keys(await client.expand(values.promise!)).join()).not.toContain("qwenlab");
  });

  test("rich views are those of cells: of a variable, and of an expression", async () => {
    const rich = await client.body("richInspectVariables", { variableName: "values.map", frameId: top });
    expect(rich.data["text/plain"]).toBe("Map(1) { 'k' => { z: 1 } }");
    const rows = await client.body("richInspectVariables", { variableName: "[{ a: 1 }, { a: 2 }]", frameId: top });
    expect(Object.keys(rows.data).length).toBeGreaterThan(1); // a table, and its text
  });

  test("copyToGlobals leaves a variable that later cells know; inspectVariables lists them without a stop", async () => {
    await client.body("copyToGlobals", { srcVariableName: "values.bytes", dstVariableName: "kept", srcFrameId: top });
    await client.continue();
    const { messages } = await client.kernel.execute("kept.length + 40");
    expect(messages.find(({ header }) => header.msg_type === "execute_result")?.content.data).toMatchObject({
      "text/plain": "42",
    });
    const { variables } = await client.body("inspectVariables");
    expect(variables.map(({ name }: { name: string }) => name)).toEqual(["Planet", "own", "values", "kept"]);
    const stale = await client.request("variables", { variablesReference: values.map!.variablesReference });
    expect(stale).toMatchObject({ success: false, message: expect.stringContaining("has run on") });
  });

  test("JupyterLab, which shows a type in the place of a value, is told none", async () => {
    await client.body("initialize", { clientID: "jupyterlab" });
    const { variables } = await client.body("inspectVariables");
    expect(variables.at(-1)).toMatchObject({ name: "kept", value: "Uint8Array(2) [7, 8]" });
    expect(variables.at(-1)).not.toHaveProperty("type");
  });
});

describe("code that TypeScript rewrites", () => {
  let client: DebugClient;
  beforeAll(async () => {
    client = await DebugClient.start();
    await client.attach();
  });
  afterAll(() => client?.[Symbol.asyncDispose]());

  test("`using` shows what it holds, and nothing of how", async () => {
    client.kernel.startCell("{\n  using held = { [Symbol.dispose]() {} }, env_2 = null;\n  debugger;\n}");
    const top = (await client.stopped()).frames[0]!.id;
    expect(Object.keys(await client.variables(top, "Locals")).sort()).toEqual(["env_2", "held"]);
    await client.continue();
  });

  test("a static block is not looked into, which would end the session", async () => {
    const code =
      "class Planet {\n  static moons = 2;\n  static {\n    const moons = Planet.moons;\n    debugger;\n  }\n}";
    const id = client.kernel.startCell(code);
    const [block, cell] = (await client.stopped()).frames;
    const looked = { success: false, message: expect.stringContaining("step out") };
    for (const expression of ["moons", "moons", "this.moons"])
      expect(await client.request("evaluate", { expression, frameId: block!.id })).toMatchObject(looked);
    const { scopes } = await client.body("scopes", { frameId: block!.id });
    expect(scopes.map(({ name }: { name: string }) => name)).not.toContain("Locals");
    expect(await client.evaluate("1 + 1", cell!.id)).toBe("2");
    await client.continue();
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });
});
