import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fitConversation } from "../../../interpreter/agent/conversation.ts";
import {
  type AgentEvent,
  ChatModelError,
  type Conversation,
  defineTool,
  newTurn,
  runSql,
} from "../../../interpreter/index.ts";
import { fakeSession, oneCell } from "../fake-session.ts";
import { untilAborted } from "../scripted-chat-model.ts";
import { COUNT, LARGE, run, SMALL } from "./agent-run.ts";

function textOf(events: readonly AgentEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
}

describe.each([
  [SMALL, COUNT],
  [LARGE, { calls: [{ name: "run_sql", arguments: `{"query":"SELECT count(*) AS n FROM 'cars.csv'"}` }] }],
])("%s", (name, call) => {
  test("a query runs locked, without a question, and the answer follows", async () => {
    const session = fakeSession({ sql: () => oneCell("n", 406) });
    const { end, events, results } = await run([call, "There are 406 cars."], { name, session, mode: "never" });
    expect(session.queries).toEqual([{ query: "SELECT count(*) AS n FROM 'cars.csv'", locked: true }]);
    expect(results[0]).toMatchObject({ content: "n\n406\n(1 row)", failed: false });
    expect(end).toEqual({
      type: "agent-end",
      reason: "answered",
      answer: "There are 406 cars.",
      cell: "await sql`SELECT count(*) AS n FROM 'cars.csv'`",
    });
    expect(textOf(events)).toBe("There are 406 cars."); // the call is not shown as text
  });

  test("an SQL error goes back with the real columns, and the repaired query is the cell", async () => {
    let queries = 0;
    const session = fakeSession({
      sql: () => {
        if (++queries === 1) throw new Error('Binder Error: Referenced column "hp" not found\nLINE 1: SELECT hp\n  ^');
        return oneCell("n", 2);
      },
    });
    const repaired =
      typeof call === "string"
        ? "```sql\nSELECT 2\n```"
        : { calls: [{ name: "run_sql", arguments: '{"query":"SELECT 2"}' }] };
    const { end, results, model } = await run([call, repaired, "Two."], { name, session });
    expect(results[0]).toMatchObject({ failed: true });
    expect(results[0]?.content).toContain('Referenced column "hp" not found');
    expect(results[0]?.content).toContain("Columns of 'cars.csv': name, horsepower, origin");
    expect(results[0]?.content).not.toContain("LINE 1");
    expect(JSON.stringify(model.requests[1]?.messages.at(-1))).toContain("Referenced column");
    expect(end).toMatchObject({ reason: "answered", cell: "await sql`SELECT 2`" });
  });

  test("after too many failures in a row it stops with the last error", async () => {
    const session = fakeSession({
      sql: () => {
        throw new Error("Parser Error");
      },
    });
    const attempts = [1, 2, 3, 4, 5].map((n) =>
      typeof call === "string"
        ? `\`\`\`sql\nSELECT ${n}\n\`\`\``
        : { calls: [{ name: "run_sql", arguments: `{"query":"SELECT ${n}"}` }] },
    );
    const { end, results } = await run(attempts, { name, session });
    expect(results).toHaveLength(4); // the first, and three repairs
    expect(end).toMatchObject({ reason: "max-repairs", cell: undefined });
    expect(end.error).toContain("Parser Error");
  });

  test("the same call again is not run: the model is asked to answer, without tools", async () => {
    const session = fakeSession();
    const { end, model } = await run([call, call, "One."], { name, session });
    expect(session.queries).toHaveLength(1);
    expect(model.requests[2]?.toolChoice).toBe("none");
    expect(end).toMatchObject({ reason: "answered", answer: "One." });
  });

  test("a model that repeats its call for ever is stopped with what is known", async () => {
    const { end, conversation } = await run([call, call, call], { name });
    expect(end).toMatchObject({
      reason: "answered", // its result is the answer
      answer: "n is 1.",
      cell: "await sql`SELECT count(*) AS n FROM 'cars.csv'`",
    });
    expectCallsClosed(conversation);
  });

  test("a failed call again is asked for anew, warmer, and not run", async () => {
    let queries = 0;
    const session = fakeSession({
      sql: () => {
        if (++queries === 1) throw new Error("Parser Error");
        return oneCell("n", 2);
      },
    });
    const other =
      typeof call === "string"
        ? "```sql\nSELECT 2\n```"
        : { calls: [{ name: "run_sql", arguments: '{"query":"SELECT 2"}' }] };
    const { end, model } = await run([call, call, other, "Two."], { name, session, options: { temperature: 0 } });
    expect(model.requests.map(({ temperature }) => temperature)).toEqual([0, 0, 0.7, 0.7]);
    expect(model.requests[2]?.toolChoice).toBeUndefined();
    expect(JSON.stringify(model.requests[2]?.messages.at(-1))).toContain("in another way");
    expect(session.queries).toHaveLength(2);
    expect(end).toMatchObject({ reason: "answered", cell: "await sql`SELECT 2`" });
  });

  test("rounds are bounded", async () => {
    const different = [1, 2, 3].map((n) =>
      typeof call === "string"
        ? `\`\`\`sql\nSELECT ${n}\n\`\`\``
        : { calls: [{ name: "run_sql", arguments: `{"query":"SELECT ${n}"}` }] },
    );
    const { end, model } = await run(different, { name, options: { maxRounds: 3 } });
    expect(end.reason).toBe("max-rounds");
    expect(model.requests).toHaveLength(3);
  });

  test("interrupted while the model writes: what it wrote is kept", async () => {
    const controller = new AbortController();
    const { end, conversation } = await run([{ hangsAfter: "I think" }], {
      name,
      controller,
      onEvent: (event) => event.type === "text-delta" && queueMicrotask(() => controller.abort()),
    });
    expect(end.reason).toBe("interrupted");
    const last = conversation.at(-1)?.messages.at(-1);
    expect(last).toMatchObject({ role: "assistant", content: expect.stringContaining("(interrupted)") });
  });

  test("interrupted while a tool runs: its call is closed", async () => {
    const controller = new AbortController();
    const session = fakeSession({
      sql: (_query, signal) => {
        queueMicrotask(() => controller.abort());
        return untilAborted(signal!);
      },
    });
    const { end, conversation } = await run([call], { name, session, controller });
    expect(end.reason).toBe("interrupted");
    expectCallsClosed(conversation);
    expect(JSON.stringify(conversation.at(-1)?.messages.at(-1))).toContain("not run: interrupted");
  });
});

/** Every call in the conversation has its result: a server would refuse the next request otherwise. */
function expectCallsClosed(conversation: Conversation): void {
  const messages = conversation.flatMap((turn) => turn.messages);
  const called = messages.flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []));
  const answered = messages.flatMap((message) => (message.role === "tool" ? [message.tool_call_id] : []));
  expect(answered).toEqual(called.map(({ id }) => id));
}

describe("the model's mistakes", () => {
  test("an unknown tool is answered with the tools there are", async () => {
    const { results, end } = await run([{ calls: [{ name: "web_search", arguments: "{}" }] }, "Sorry."], {
      name: LARGE,
    });
    expect(results[0]?.content).toContain("there is no tool web_search; there are: run_sql, chart, run_typescript");
    expect(end.reason).toBe("answered");
  });

  test("half a JSON is answered with what is wrong", async () => {
    const { results } = await run([{ calls: [{ name: "run_sql", arguments: '{"query": "SELECT' }] }, "Sorry."], {
      name: LARGE,
    });
    expect(results[0]).toMatchObject({ failed: true, content: expect.stringContaining("not valid JSON") });
  });

  test("wrong arguments are answered with the right ones", async () => {
    const { results } = await run([{ calls: [{ name: "run_sql", arguments: '{"sql": 1}' }] }, "Sorry."], {
      name: LARGE,
    });
    expect(results[0]?.content).toContain("run_sql takes { query: string }");
  });

  test("what a model writes after its block, an invented result, is neither read nor kept", async () => {
    const session = fakeSession({ sql: () => oneCell("n", 406) });
    const written = `${COUNT}\nResult:\n999 cars. So there are 999.`;
    const { conversation, end } = await run([written, "There are 406."], { session });
    expect(JSON.stringify(conversation)).not.toContain("999");
    expect(end.answer).toBe("There are 406.");
  });

  test("a server's failure is thrown, and the conversation can go on", async () => {
    await expect(run([new ChatModelError("gone")])).rejects.toThrow("gone");
  });

  test("a result of 50 MB is cut, head and tail kept", async () => {
    const long = "x".repeat(50_000_000);
    const session = fakeSession({ prints: `begin${long}`, execute: async () => ({ status: "ok", result: undefined }) });
    const { results } = await run(["```ts\nconsole.log(big)\n```", "Done."], { session, mode: "always" });
    expect(results[0]!.content.length).toBeLessThan(2_200);
    expect(results[0]?.content).toMatch(/^begin.*characters left out/s);
  });
});

describe("TypeScript and approval", () => {
  const CODE = "```ts\nconst x = 1;\nx\n```";
  const result = async () => ({ status: "ok" as const, result: { data: { "text/plain": "1" }, metadata: {} } });

  test("diagnostics go back to the model: nothing runs, nobody is asked", async () => {
    const session = fakeSession({
      check: async (code) =>
        code.includes("x\n") ? [] : [{ message: "Cannot find name 'y'.", code: 2304, line: 1, column: 1 }],
    });
    const { results, events } = await run(["```ts\ny + 1\n```", "This cannot be answered."], {
      session,
      mode: "always",
    });
    expect(results[0]?.content).toContain("line 1: Cannot find name 'y'.\n  y + 1");
    expect(session.executed).toEqual([]);
    expect(events.some(({ type }) => type === "approval-request")).toBe(false);
  });

  test("a runtime error goes back with what was printed before", async () => {
    const error = { ename: "TypeError", evalue: "x is not a function", traceback: [] };
    const session = fakeSession({ prints: "so far\n", execute: async () => ({ status: "error", error }) });
    const { results } = await run([CODE, "Sorry.", "This cannot be answered."], { session, mode: "always" });
    expect(results[0]).toMatchObject({ failed: true });
    expect(results[0]?.content).toContain("so far\nTypeError: x is not a function");
  });

  test.each([
    ["y", 1, "answered"],
    ["yes", 1, "answered"],
    ["a", 1, "answered"],
    ["n", 0, "answered"],
    ["e", 0, "proposed"],
    [undefined, 0, "proposed"], // nobody to ask
  ] as const)("ask: %s runs it %i times, and ends %s", async (answer, times, reason) => {
    const session = fakeSession({ execute: result });
    const { end } = await run([CODE, "Done."], { session, answers: [answer] });
    expect(session.executed).toHaveLength(times);
    expect(end.reason).toBe(reason);
    expect(end.cell).toBe(answer === "n" ? undefined : "const x = 1;\nx");
  });

  test("always, once said, holds for the next call", async () => {
    const session = fakeSession({ execute: result });
    const { end } = await run([CODE, "```ts\nx + 1\n```", "Done."], { session, answers: ["always"] });
    expect(session.executed).toHaveLength(2);
    expect(end.reason).toBe("answered");
  });

  test("an answer that is none of the four is asked again, and in the end is a no", async () => {
    const session = fakeSession({ execute: result });
    await run([CODE, "Done."], { session, answers: ["what?", "y"] });
    expect(session.executed).toHaveLength(1);
    await run([CODE, "Done."], { session, answers: ["", "?", "hm"] });
    expect(session.executed).toHaveLength(1);
  });

  test("never: code is left to the user", async () => {
    const session = fakeSession();
    const { end } = await run([CODE], { session, mode: "never" });
    expect(session.executed).toEqual([]);
    expect(end).toMatchObject({ reason: "proposed", cell: "const x = 1;\nx" });
  });

  test("auto asks, as long as there is no sandbox", async () => {
    const session = fakeSession();
    expect((await run([CODE], { session, mode: "auto" })).end.reason).toBe("proposed");
  });

  test("an interrupt while it runs reaches the session", async () => {
    const controller = new AbortController();
    const session = fakeSession({
      execute: async () => {
        controller.abort();
        return { status: "error", error: { ename: "KeyboardInterrupt", evalue: "", traceback: [] } };
      },
    });
    const { end } = await run([CODE], { session, mode: "always", controller });
    expect(session.interrupts).toBe(1);
    expect(end.reason).toBe("interrupted");
  });
});

describe("a question that asks for a chart", () => {
  const chartOf = (question: string) =>
    run(['{"table": "cars.csv", "mark": "bar", "x": "origin"}', "Done."], { question });

  test("is answered under a schema with the real names, the first time", async () => {
    const { model } = await chartOf("Draw a bar chart of the origins");
    expect(model.requests[0]?.responseSchema).toMatchObject({
      properties: {
        table: { const: "cars.csv" },
        x: { enum: ["name", "horsepower", "origin"] },
        mark: { const: "bar" },
      },
      required: ["table", "mark", "x"],
    });
    expect(model.requests[1]?.responseSchema).toBeUndefined();
  });

  test("a tool that the question names is called under its schema", async () => {
    const litres = defineTool({
      name: "litres",
      description: "Converts.",
      effect: "reads",
      parameters: z.object({ mpg: z.number() }),
      execute: async ({ mpg }) => String(235.2 / mpg),
    });
    const { model, results } = await run(['{"name": "litres", "arguments": {"mpg": 30}}', "7.84."], {
      question: "How many are 30 mpg? Use litres.",
      options: { tools: [runSql, litres] },
    });
    expect(model.requests[0]?.responseSchema).toMatchObject({
      properties: { name: { const: "litres" }, arguments: { required: ["mpg"] } },
    });
    expect(results[0]?.content).toBe("7.84");
  });

  test.each(["How many cars are there?", "Which movies (映画) are there?"])("%s is not one", async (question) => {
    const { model } = await chartOf(question);
    expect(model.requests[0]?.responseSchema).toBeUndefined();
  });
});

test("an answer that is left once its call is whole counts the tokens that came", async () => {
  const rest = "\nResult: 12 rows, all of them invented";
  const { events } = await run([COUNT + rest, "There are 406."], {
    session: fakeSession({ sql: () => oneCell("n", 406) }),
  });
  const [first, second] = events.filter((event) => event.type === "answer-end");
  expect(first?.usage?.completionTokens).toBe(Math.ceil(COUNT.length / 5)); // deltas of 5 characters
  expect(second?.usage).toEqual({ promptTokens: 10, cachedTokens: 4, completionTokens: 5 });
});

test("thoughts before a call go back to the model until the task is done, and not with the next question", async () => {
  const calls = [{ name: "run_sql", arguments: '{"query":"SELECT count(*) AS n FROM cars"}' }];
  const session = fakeSession({ sql: () => oneCell("n", 406) });
  const { model, conversation, events } = await run(
    [
      { reasoning: "I count.", calls },
      { reasoning: "So it is.", text: "406 cars." },
    ],
    { name: LARGE, session },
  );
  expect(events.filter(({ type }) => type === "reasoning-delta")).toMatchObject([
    { text: "I count." },
    { text: "So it is." },
  ]);
  expect(JSON.stringify(model.requests[1]?.messages)).toContain('"reasoning_content":"I count."');
  conversation.push(newTurn("Sure?", ""));
  expect(JSON.stringify(fitConversation([], conversation, 4096))).not.toContain("reasoning_content");
});
