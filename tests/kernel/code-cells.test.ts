import { afterAll, beforeAll, expect, test } from "vitest";
import { type Execution, KernelProcess } from "./kernel-process.ts";

let kernel: KernelProcess;

beforeAll(async () => {
  kernel = await KernelProcess.start();
});
afterAll(() => kernel[Symbol.asyncDispose]());

const contents = ({ messages }: Execution, type: string) =>
  messages.filter(({ header }) => header.msg_type === type).map(({ content }) => content);
const shown = async (code: string) => contents(await kernel.execute(code), "execute_result");

test("a `;` silences a cell", async () => {
  expect(await shown("6 * 7;")).toEqual([]);
  expect(await shown("6 * 7")).toMatchObject([{ data: { "text/plain": "42" } }]);
});

test("%%javascript and %types off run what TypeScript refuses, on the same variables", async () => {
  const code = "let n = 1;\nn = 'text';\nn.length";
  expect((await kernel.execute(code)).reply).toMatchObject({ status: "error", ename: "CompileError" });
  expect(await shown(`%%javascript\r\n${code}`)).toMatchObject([{ data: { "text/plain": "4" } }]);
  expect(await shown(`%types off\n${code}`)).toMatchObject([{ data: { "text/plain": "4" } }]);
  expect(await shown(code)).toMatchObject([{ data: { "text/plain": "4" } }]);
  await kernel.execute("%types on");
  expect((await kernel.execute(code)).reply).toMatchObject({ status: "error", ename: "CompileError" });
});

test("%%time keeps the cell's lines, says the time, and shows the value", async () => {
  const timed = await kernel.execute("%%time\nconst t = 5;\nt");
  expect(contents(timed, "execute_result")).toMatchObject([{ data: { "text/plain": "5" } }]);
  expect(contents(timed, "stream")).toMatchObject([{ text: expect.stringContaining("Wall time: ") }]);
  const failed = await kernel.execute("%%time\n\nthrow new Error('late')");
  const { traceback } = failed.reply as unknown as { readonly traceback: readonly string[] };
  expect(traceback.join()).toMatch(/at In \[\d+\]:3:7/);
});

test("lines that end in CRLF are a magic's, with its options, and the code's", async () => {
  await kernel.execute("%%sql --out rows\r\nSELECT 1 AS n\r\n");
  expect(await shown("rows[0].n")).toMatchObject([{ data: { "text/plain": "1" } }]);
  expect(await shown("%help\r\n1 + 1\r\n")).toMatchObject([{ data: { "text/plain": "2" } }]);
  expect(await shown("%%ts\r\n2 + 2\r\n")).toMatchObject([{ data: { "text/plain": "4" } }]);
  const { reply } = await kernel.execute("// c\r\nlet q = 1;\r\nq.nope\r\n");
  expect(reply).toMatchObject({ status: "error", evalue: expect.stringContaining("(3:3)") });
});

test("a magic that needs the session works through the kernel", async () => {
  const ran = await kernel.execute("%%bash\necho from bash");
  expect(contents(ran, "stream")).toMatchObject([{ name: "stdout", text: "from bash\n" }]);
  const failed = await kernel.execute("%%bash\nexit 2");
  expect(failed.reply).toMatchObject({ ename: "UserError", evalue: "the script ended with exit status 2" });
});
