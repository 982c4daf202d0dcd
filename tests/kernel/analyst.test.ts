// What an analyst does in a notebook, in a real kernel process: Python, tools, charts, the sandbox, undo, replay, agents.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { KernelProcess } from "./kernel-process.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";
import { allProcesses, commandOf } from "./processes.ts";

const VEGA_LITE = "application/vnd.vegalite.v5+json";
const TRACE = "application/vnd.qwenlab.trace+json";

let server: ModelServer;
let kernel: KernelProcess;
let replies: Record<string, string>; // to the kernel's questions, by words of them

beforeAll(async () => {
  server = await startModelServer("qwen2.5-coder-1.5b");
  replies = {};
  kernel = await KernelProcess.start({
    env: { QWENLAB_BASE_URL: server.url, JPY_SESSION_NAME: "mine.ipynb" },
    answer: (prompt) => Object.entries(replies).find(([words]) => prompt.includes(words))?.[1] ?? "no",
  });
  writeFileSync(join(kernel.folder, "cars.csv"), "origin,mpg\nUSA,10\nUSA,20\nJapan,30\n");
});
afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const run = (source: string) => kernel.execute(source);
const printed = (messages: readonly JupyterMessage[]) =>
  messages
    .filter(({ header }) => header.msg_type === "stream")
    .map(({ content }) => String(content.text))
    .join("");
/** Processes with this number in their command. */
const running = (marker: string) => allProcesses().filter((pid) => commandOf(pid).includes(marker));
const bundles = (messages: readonly JupyterMessage[]) =>
  messages
    .filter(({ header }) => /display_data|execute_result/.test(header.msg_type))
    .map(({ content }) => content.data as Record<string, unknown>);

describe("%%python", () => {
  test("runs beside TypeScript, with values both ways", async () => {
    await run("const rows = [{ k: 'a', n: 1 }, { k: 'b', n: 2 }]");
    const { reply, messages } = await run("%%python --in rows --out doubled\nprint(len(rows))\ndoubled = rows.n * 2");
    expect(reply.status).toBe("ok");
    expect(printed(messages)).toBe("2\n");
    expect(bundles((await run("doubled.map((row) => row.n)")).messages)[0]).toMatchObject({ "text/plain": "[ 2, 4 ]" });
  });

  test("shows errors as Python does, and stops with the interrupt", async () => {
    expect((await run("%%python\n1 / 0")).reply).toMatchObject({ status: "error", ename: "ZeroDivisionError" });
    const id = kernel.startCell("%%python\nprint('on')\nwhile True: pass");
    await kernel.until(() => printed(kernel.messagesOf(id)).includes("on"));
    await kernel.request("interrupt_request", {}, { channel: "control" });
    expect((await kernel.finished(id)).reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect((await run("%%python\n1 + 1")).reply.status).toBe("ok");
  });

  test("that its own kernel cannot answer, since the cell replaced a function of its, says so", async () => {
    const broken = await run("%%python\nimport time; _sleep = time.sleep; time.sleep = None; print('ran')");
    expect(broken.reply).toMatchObject({ status: "error", ename: "NoReply" });
    expect(printed(broken.messages)).toBe("ran\n");
    expect((await run("%%python time.sleep = _sleep")).reply.status).toBe("ok");
  });

  test("with a wrong name says which", async () => {
    expect((await run("%%python --in nothing\n1")).reply).toMatchObject({
      evalue: "--in: TypeScript has no variable nothing",
    });
    expect((await run("%%python --out 1x\n1")).reply.status).toBe("error");
  });
});

describe("a chart by the model", () => {
  test("is drawn, told, and left as a cell that draws it again", async () => {
    server.answers.push(
      '```chart\n{"table": "cars.csv", "mark": "bar", "x": "origin", "y": "mpg", "aggregate": "mean"}\n```',
      "Japan leads.",
    );
    const { reply, messages } = await run("%%agent\nDraw the mean mpg by origin");
    const chart = bundles(messages).find((data) => VEGA_LITE in data);
    expect(chart).toMatchObject({ "image/svg+xml": expect.stringContaining("<svg") });
    const [{ text }] = reply.payload as [{ text: string }];
    expect(bundles((await run(text)).messages)[0]?.[VEGA_LITE]).toEqual(chart?.[VEGA_LITE]);
  });
});

describe("which of several tables", () => {
  test("is asked of the model where no word of the question tells; of the others only the names are told", async () => {
    writeFileSync(join(kernel.folder, "a.csv"), "x,y\n1,2\n");
    server.picks.push("cars.csv");
    server.answers.push("```sql\nSELECT count(*) AS n FROM 'cars.csv'\n```", "有3辆。");
    expect(printed((await run("%context 有多少?")).messages)).toContain("first asks the model which table is meant");
    const before = printed((await run("%usage")).messages);
    await run("%%agent\n有多少?");
    expect(server.picks).toEqual([]);
    const told = server.prompts.at(-1)!;
    expect(told).toContain("'cars.csv' (3 rows)");
    expect(told).toContain("Other tables: 'a.csv'");
    expect(printed((await run("%usage")).messages)).not.toBe(before);
    rmSync(join(kernel.folder, "a.csv"));
  });
});

describe("tools", () => {
  test("%tool makes a function callable; the model's call is asked about, and runs", async () => {
    await run("/** Adds numbers. */\nfunction add(a: number, b: number) { return a + b }");
    expect(printed((await run("%tool add")).messages)).toContain("add (needs approval): Adds numbers.");
    replies["Run this code?"] = "yes";
    server.answers.push('{"name": "add", "arguments": {"a": 2, "b": 40}}', "It is 42.");
    const { reply } = await run("%%agent\nAdd 2 and 40");
    expect(server.prompts.at(-2)).toContain("add { a: number, b: number }: Adds numbers.");
    expect(server.prompts.at(-1)).toContain("42");
    expect(reply.payload).toMatchObject([{ text: expect.stringContaining("await add(2, 40)") }]);
  });

  test("%tools lists, shows and switches them", async () => {
    expect(printed((await run("%tools")).messages)).toMatch(
      /this notebook:\n {2}on {3}add[\s\S]*qwenlab:[\s\S]*run_python[\s\S]*off {2}web_fetch/,
    );
    expect(printed((await run("%tools add")).messages)).toContain('"required"');
    expect(printed((await run("%tools off add")).messages)).toMatch(/off {2}add/);
    expect((await run("%tools on ad")).reply).toMatchObject({ evalue: expect.stringContaining("did you mean add?") });
  });

  test("a server of .mcp.json is asked for once, by what it runs", async () => {
    const entry = { command: process.execPath, args: ["-e", "process.exit()"] };
    writeFileSync(join(kernel.folder, ".mcp.json"), JSON.stringify({ mcpServers: { bad: entry } }));
    delete replies["Use it?"];
    const asked = kernel.questions.length;
    await run("%tools");
    expect(kernel.questions[asked]?.content.prompt).toContain("The MCP server bad of .mcp.json runs:");
    await run("%tools");
    expect(kernel.questions).toHaveLength(asked + 1);
    writeFileSync(join(kernel.folder, ".mcp.json"), "{");
    expect(printed((await run("%tools")).messages)).toContain(".mcp.json: not JSON");
    writeFileSync(join(kernel.folder, ".mcp.json"), '{"mcpServers":{}}');
  });
});

describe("the sandbox", () => {
  test("with %approve auto the model's code runs confined, without a question, and changes nothing of the user's", async () => {
    await run("%approve auto");
    const asked = kernel.questions.length;
    server.answers.push("```typescript\nrows.push({ k: 'c', n: 3 });\nrows.length\n```", "It is 3.");
    const { messages } = await run("%%agent\nAdd them up with TypeScript");
    expect(kernel.questions).toHaveLength(asked);
    const trace = bundles(messages).findLast((data) => TRACE in data)?.[TRACE];
    expect(trace).toMatchObject({ steps: [{ tool: "run_typescript", decision: "run-confined", result: "3" }] });
    expect(bundles((await run("rows.length")).messages)[0]).toMatchObject({ "text/plain": "2" });
  });

  test("the model's confined code shows no HTML, asks nothing, clears nothing, and ends with its task", async () => {
    const marker = String(4_000_000 + (process.pid % 1e6));
    const code = `import { spawn } from "node:child_process";
spawn("setsid", ["sleep", "${marker}"], { stdio: "ignore" });
setInterval(() => console.log("late"), 20);
clearOutput();
display.html("<script>1</script>");
console.log(await input("Password:").catch(String));
({ _repr_html_: () => "<script>2</script>" })`;
    const asked = kernel.questions.length;
    server.answers.push(`\`\`\`typescript\n${code}\n\`\`\``, "Done.");
    const id = kernel.startCell("%%agent\nShow me HTML with TypeScript");
    const { messages } = await kernel.finished(id);
    expect(kernel.questions).toHaveLength(asked);
    expect(bundles(messages).flatMap((data) => Object.keys(data))).not.toContain("text/html");
    expect(messages.map(({ header }) => header.msg_type)).not.toContain("clear_output");
    expect(printed(messages)).toContain("may ask you nothing");
    await expect.poll(() => running(marker)).toEqual([]);
    await run("%replay");
    await expect.poll(() => running(marker)).toEqual([]);
    expect(kernel.messagesOf(id)).toHaveLength(messages.length);
  });

  test("what cannot be confined is asked about", async () => {
    const asked = kernel.questions.length;
    replies["Run this code?"] = "no";
    server.answers.push("```typescript\nadd(1, 2)\n```", "Not allowed.");
    await run("%%agent\nCall my function");
    expect(kernel.questions.length).toBe(asked + 1);
    await run("%approve ask");
  });

  test("%sandbox tells, tests, and confines the notebook itself", async () => {
    const { messages } = await run("%sandbox test");
    expect(printed(messages)).toMatch(
      /^off: [\s\S]*self-test: (\d+) of \1 attempts stopped[\s\S]*read a file outside: /,
    );
    expect(printed((await run("%sandbox on")).messages)).toContain("started anew");
    expect((await run("require('node:fs').writeFileSync('cars.csv', '')")).reply.status).toBe("error");
    expect((await run("%%python\nopen('x.txt', 'w')")).reply.status).toBe("error");
    expect(bundles((await run("(await sql`SELECT count(*) AS n FROM cars`)[0].n")).messages)[0]).toMatchObject({
      "text/plain": "3",
    });
    replies["sandbox asks"] = "me";
    expect(bundles((await run("await input('Who?', { password: true })")).messages)[0]).toMatchObject({
      "text/plain": "'me'",
    });
    expect(kernel.questions.at(-1)?.content).toEqual({ prompt: "Code in the sandbox asks: Who? ", password: true });
    expect(bundles((await run("display.html('<script>')")).messages).flatMap(Object.keys)).toEqual(["text/plain"]);
    await run("%sandbox off");
    expect((await run("require('node:fs').writeFileSync('mine.txt', 'x')")).reply.status).toBe("ok");
    expect((await run("%sandbox maybe")).reply.status).toBe("error");
  });
});

describe("%undo", () => {
  test("puts back what the agent's code changed, and says what it changed", async () => {
    await run("const list = [1]");
    writeFileSync(join(kernel.folder, "keep.txt"), "before");
    writeFileSync(join(kernel.folder, "gone.txt"), "here");
    replies["Run this code?"] = "yes";
    const code =
      'const fs = require("node:fs"); fs.writeFileSync("keep.txt", "after"); fs.rmSync("gone.txt"); fs.writeFileSync("new.txt", ""); list.push(2)';
    server.answers.push(`\`\`\`typescript\n${code}\n\`\`\``, "Done.");
    const { messages } = await run("%%agent\nChange the files");
    expect(printed(messages)).toContain("Variables changed: list.");
    expect(printed(messages)).toMatch(/Files changed: keep\.txt; deleted: gone\.txt; created: new\.txt; %undo/);
    expect(printed((await run("%undo")).messages)).toMatch(
      /Put back: keep\.txt, gone\.txt\.\nNew files stay: new\.txt/,
    );
    expect(readFileSync(join(kernel.folder, "keep.txt"), "utf8")).toBe("before");
    expect(existsSync(join(kernel.folder, "gone.txt"))).toBe(true);
    expect((await run("%undo")).reply).toMatchObject({
      status: "error",
      evalue: expect.stringContaining("nothing to undo"),
    });
  });
});

test("the notebook's own file, which the front end saves meanwhile, is nobody's change, and %undo leaves it", async () => {
  const own = join(kernel.folder, "mine.ipynb");
  const another = join(kernel.folder, "another.ipynb");
  for (const path of [own, another]) writeFileSync(path, "before");
  const code = 'for (const name of ["mine", "another"]) require("node:fs").writeFileSync(name + ".ipynb", "saved")';
  server.answers.push(`\`\`\`typescript\n${code}\n\`\`\``, "Done.");
  expect(printed((await run("%%agent\nSave both")).messages)).toMatch(/Files changed: another\.ipynb; %undo/);
  expect(printed((await run("%undo")).messages)).toBe("Put back: another.ipynb.\n");
  expect(readFileSync(own, "utf8")).toBe("saved");
});

describe("%replay", () => {
  test("keeps files for %undo, as %%agent does, and says what its steps changed", async () => {
    writeFileSync(join(kernel.folder, "again.txt"), "first");
    replies["Run this code?"] = "yes";
    server.answers.push('```typescript\nrequire("node:fs").writeFileSync("again.txt", "written")\n```', "Done.");
    await run("%%agent\nWrite the file");
    writeFileSync(join(kernel.folder, "again.txt"), "mine");
    const { messages } = await run("%replay");
    expect(printed(messages)).toContain("Files changed: again.txt; %undo");
    expect(readFileSync(join(kernel.folder, "again.txt"), "utf8")).toBe("written");
    expect(printed((await run("%undo")).messages)).toBe("Put back: again.txt.\n");
    expect(readFileSync(join(kernel.folder, "again.txt"), "utf8")).toBe("mine");
  });

  test("runs the last steps on the data as it is now, without a model", async () => {
    server.answers.push("```sql\nSELECT count(*) AS n FROM 'cars.csv'\n```", "Three.");
    const { messages } = await run("%%agent\nHow many cars?");
    const trace = bundles(messages).findLast((data) => TRACE in data)?.[TRACE];
    expect(trace).toMatchObject({ settings: { temperature: 0, seed: 0 } });
    const before = server.prompts.length;
    expect(JSON.stringify(bundles((await run("%replay")).messages))).toContain("the same result as then");
    writeFileSync(join(kernel.folder, "cars.csv"), "origin,mpg\nUSA,10\n");
    const again = await run("%replay");
    expect(JSON.stringify(bundles(again.messages))).toMatch(/another result than then[\s\S]*n\\n1/);
    expect(server.prompts).toHaveLength(before);

    const cell = {
      cell_type: "code",
      source: "",
      outputs: [{ output_type: "display_data", data: { [TRACE]: trace } }],
    };
    writeFileSync(join(kernel.folder, "saved.ipynb"), JSON.stringify({ cells: [cell] }));
    expect(printed((await run("%replay saved.ipynb")).messages)).toContain("Replaying 1 step: How many cars?");
    for (const [steps, reason] of [
      [[], "it ran no step"],
      [[{ tool: "run_sql", arguments: "{}", failed: true }], "none of its steps ran without an error"],
    ] as const) {
      const data = { [TRACE]: { request: "How many cars?", steps } };
      const outputs = [{ output_type: "display_data", data }];
      writeFileSync(join(kernel.folder, "failed.ipynb"), JSON.stringify({ cells: [{ ...cell, outputs }] }));
      const evalue = `nothing to replay of "How many cars?": ${reason}`;
      expect((await run("%replay failed.ipynb")).reply).toMatchObject({ status: "error", evalue });
    }
    expect((await run("%replay saved.ipynb 3")).reply).toMatchObject({
      evalue: expect.stringContaining("no number 3"),
    });
    expect((await run("%replay ../x.ipynb")).reply).toMatchObject({ evalue: expect.stringContaining("outside") });
  });
});

describe("%agent", () => {
  test("new asks, writes a file, and uses it: its instructions, tools and files, which are cited", async () => {
    mkdirSync(join(kernel.folder, "docs"), { recursive: true });
    writeFileSync(
      join(kernel.folder, "docs", "manual.md"),
      "# Colours\n\nThe valve is painted green.\n\n# Sizes\n\nThe pipe has 12 mm.\n",
    );
    Object.assign(replies, {
      "What should": "Answer questions about the plant",
      "Its name?": "Plant Helper",
      "Files that": "docs/manual.md",
      "Its tools": "run_sql",
    });
    server.answers.push(
      "Name: Helper\nDescription: Knows the plant.\nInstructions: Answer briefly. Cite the files.\nStarter: What colour is the valve?",
    );
    const { reply, messages } = await run("%agent new");
    expect(reply.status).toBe("ok");
    expect(printed(messages)).toMatch(
      /Plant Helper is in use: Knows the plant\.[\s\S]*%%agent What colour is the valve\?/,
    );
    const file = JSON.parse(readFileSync(join(kernel.folder, "agents", "plant-helper.json"), "utf8"));
    expect(file).toMatchObject({ name: "Plant Helper", knowledge: ["docs/manual.md"], tools: ["run_sql"] });

    server.answers.push("It is green [docs/manual.md:1].");
    await run("%%agent\nWhat colour is the valve?");
    const prompt = server.prompts.at(-1) ?? "";
    expect(prompt).toContain("Answer briefly. Cite the files.");
    expect(prompt).toMatch(/\[docs\/manual\.md:1\]\\n# Colours\\n\\nThe valve is painted green/);
    expect(printed((await run("%agent none")).messages)).toContain("itself again");
    expect(printed((await run("%agent use agents/plant-helper.json")).messages)).toContain("It knows docs/manual.md.");
    await run("%agent none");
  });

  test.each([
    ["none.json", undefined, /there is no file none\.json/],
    ["bad.json", "{", /bad\.json: /],
    ["wrong.json", '{"name":"x"}', /wrong\.json: instructions/],
    ["extra.json", '{"name":"x","instructions":"y","mood":1}', /mood/],
    ["files.json", '{"name":"x","instructions":"y","knowledge":["../secret"]}', /outside the notebook's folder/],
    ["../x.json", undefined, /outside the notebook's folder/],
  ])("use %s is an error that names it", async (name, text, message) => {
    if (text !== undefined) writeFileSync(join(kernel.folder, name), text);
    expect((await run(`%agent use ${name}`)).reply).toMatchObject({
      status: "error",
      evalue: expect.stringMatching(message),
    });
  });
});

describe("qwen of the cells", () => {
  const shownText = async (source: string) => {
    const { reply, messages } = await run(source);
    expect(reply, String(reply.evalue)).toMatchObject({ status: "ok" });
    return bundles(messages).at(-1)?.["text/plain"];
  };

  test("chat() gives the answer as a value, and each request stands by itself", async () => {
    server.answers.push("glad", "sad");
    expect(await shownText("[await qwen.chat('One?', { notebook: false }), await qwen.chat('Two?')]")).toBe(
      "[ 'glad', 'sad' ]",
    );
    expect(server.prompts.at(-1)).not.toContain("One?");
    expect(server.prompts.at(-2)).not.toContain("cars.csv");
    expect(server.prompts.at(-1)).toContain("cars.csv");
  });

  test("chat() says what is wrong with its options, and types know them", async () => {
    const wrong = await run("await qwen.chat('Hi', { temperature: 3 })");
    expect(wrong.reply.evalue).toContain("temperature");
    expect((await run("await qwen.chat('Hi', { temp: 0 })")).reply).toMatchObject({ ename: "CompileError" });
    expect((await run("await qwen.chat('')")).reply.evalue).toContain("needs a text");
  });

  test("agent() shows its steps and gives rows, code and answer", async () => {
    server.answers.push("```sql\nSELECT 30 AS most\n```", "It is 30.");
    const { reply, messages } = await run("const best = await qwen.agent('the most mpg')\nbest");
    expect(reply.status).toBe("ok");
    expect(bundles(messages).some((data) => TRACE in data)).toBe(true);
    const shown = String(bundles(messages).at(-1)?.["text/plain"]);
    expect(shown).toContain("answer: 'It is 30.'");
    expect(shown).toContain("rows: [ { most: 30 } ]");
    expect(await shownText("best.end")).toBe("'answered'");
    expect(reply.payload).toEqual([]); // the code is a value: no cell is left
  });

  test("agent() uses a function that its own cell declares, and a variable that its code makes stays", async () => {
    replies["[y]es"] = "y";
    server.answers.push("```typescript\nconst twice = double(21)\ntwice\n```", "It is 42.");
    const cell = [
      "/** Twice as much. @param n a number */",
      "function double(n: number): number { return n * 2 }",
      "await qwen.tool(double);",
      "(await qwen.agent('double 21')).answer",
    ];
    expect(await shownText(cell.join("\n"))).toBe("'It is 42.'");
    expect(server.prompts.at(-1)).toContain("Twice as much.");
    expect(await shownText("twice")).toBe("42");
    expect(printed((await run("%tools double")).messages)).toContain("double");
  });

  test("one agent works at a time: what it runs cannot start another", async () => {
    server.answers.push("```typescript\nawait qwen.agent('again')\n```", "I cannot.");
    const { messages } = await run("%%agent\nStart another one");
    expect(JSON.stringify(messages)).toContain("one at a time");
    server.answers.length = 0;
    await run("%tools off double");
  });

  test("an interrupt ends the request and the cell, and variables stay", async () => {
    server.answers.push({ endless: "more " });
    const before = server.prompts.length;
    const id = kernel.startCell("const kept = 1; await qwen.chat('Go on')");
    await expect.poll(() => server.prompts.length).toBeGreaterThan(before);
    await kernel.request("interrupt_request", {}, { channel: "control" });
    expect((await kernel.finished(id)).reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect(await shownText("kept")).toBe("1");
  });
});
