// The compiler's worker, when a cell is too much for it.
import { tmpdir } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { startTypeScriptSession } from "../../../interpreter/index.ts";
import { type CellCompiler, startCellCompiler } from "../../../interpreter/sessions/typescript/cell-compiler.ts";

const ENDLESS = `1${"+1".repeat(200_000)}`; // the checker is at it for minutes
const TOO_LARGE = `[${"{},".repeat(1_500_000)}]`; // its tree alone is larger than a small worker's memory

async function declared(compiler: CellCompiler): Promise<string> {
  const result = await compiler.compile("const earlier: number = 1", "");
  if (!result.ok) throw new Error("it did not compile");
  return result.declarations;
}

test.each([
  ["exhausts its memory", TOO_LARGE, () => {}, "its memory did not suffice"],
  ["does not end, and is interrupted,", ENDLESS, (compiler: CellCompiler) => compiler.interrupt(), "interrupted"],
])(
  "a cell that %s fails alone: what waits behind it is compiled, earlier names are known",
  async (_, code, then, said) => {
    await using compiler = startCellCompiler(tmpdir(), { heapMegabytes: 180 });
    const declarations = await declared(compiler);
    const failing = compiler.compile(code, declarations);
    const behind = compiler.compile("earlier.toFixed()", declarations);
    then(compiler);
    await expect(failing).rejects.toThrow(said);
    expect(await behind).toMatchObject({ ok: true });
    expect(await compiler.compile("earlier.nothing", declarations)).toMatchObject({ ok: false });
  },
);

test.each([
  ["parentheses", `${"(".repeat(100_000)}1${")".repeat(100_000)}`],
  ["arrays", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
])("deep %s are refused with a word, and the compiler goes on", async (_, code) => {
  await using compiler = startCellCompiler(tmpdir());
  const declarations = await declared(compiler);
  await expect(compiler.compile(code, declarations)).rejects.toThrow("nested too deeply");
  expect(await compiler.compile("earlier", declarations)).toMatchObject({ ok: true });
});

test("a closed compiler answers what waits, and starts no other", async () => {
  const compiler = startCellCompiler(tmpdir());
  const waiting = compiler.compile(ENDLESS, "");
  await Promise.all([expect(waiting).rejects.toThrow("closed"), compiler[Symbol.asyncDispose]()]);
  await expect(compiler.isComplete("1")).rejects.toThrow("closed");
});

test("who interrupts again gives the compiler no more time", async () => {
  await using compiler = startCellCompiler(tmpdir());
  await compiler.compile("1", "");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const failing = compiler.compile(ENDLESS, "");
  for (let again = 0; again < 10; again++) {
    compiler.interrupt();
    vi.advanceTimersByTime(100);
  }
  vi.useRealTimers();
  await expect(failing).rejects.toThrow("interrupted");
});

test("an interrupt reaches a cell that is still being compiled, or checked for the model; variables stay", async () => {
  await using session = await startTypeScriptSession({ cwd: tmpdir(), onEvent() {} });
  await session.execute("const earlier = 41", { cellId: "1" });
  const cell = session.execute(ENDLESS, { cellId: "2" });
  await nextTurn(); // the compiler is asked
  session.interrupt();
  expect(await cell).toMatchObject({ status: "error", error: { ename: "KeyboardInterrupt" } });

  const checked = session.check(ENDLESS);
  session.interrupt();
  await expect(checked).rejects.toThrow("interrupted");
  expect(await session.execute("earlier + 1", { cellId: "3" })).toMatchObject({
    status: "ok",
    result: { data: { "text/plain": "42" } },
  });
});
