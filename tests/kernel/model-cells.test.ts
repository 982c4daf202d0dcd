import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { KernelProcess } from "./kernel-process.ts";
import { type ModelServer, startModelServer } from "./model-server.ts";

const ALLOWED = "```typescript\nconst doubled = rows.length * 2\ndoubled\n```";

let server: ModelServer;
let kernel: KernelProcess;

beforeAll(async () => {
  server = await startModelServer("qwen2.5-coder-0.5b");
  kernel = await KernelProcess.start({ env: { QWENLAB_BASE_URL: server.url }, answer: () => "yes" });
  await kernel.execute("const rows = [{ n: 1 }, { n: 2 }, { n: 3 }]");
});
afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** What the last state of each display says. */
function markdown(messages: readonly JupyterMessage[]): string {
  const displays = new Map<string, string>();
  for (const { header, content } of messages) {
    if (!/display_data$/.test(header.msg_type)) continue;
    const { data, transient } = content as { data: Record<string, string>; transient: { display_id?: string } };
    displays.set(transient.display_id ?? header.msg_id, data["text/markdown"] ?? "");
  }
  return [...displays.values()].join("\n");
}

describe("%%chat", () => {
  test("streams into one display, and knows the variables", async () => {
    server.answers.push("There are **three** rows.");
    const { reply, messages } = await kernel.execute("%%chat\nHow many rows?");
    expect(reply).toMatchObject({ status: "ok", payload: [] });
    expect(markdown(messages)).toBe("There are **three** rows.");
    expect(messages.filter(({ header }) => header.msg_type === "display_data")).toHaveLength(1);
    expect(server.prompts.at(-1)).toContain("rows");
  });

  test("stops with the interrupt, keeps what was said, and leaves the notebook usable", async () => {
    server.answers.push({ endless: "on " });
    const before = server.left;
    const id = kernel.startCell("%%chat\nGo on");
    await kernel.until(() => markdown(kernel.messagesOf(id)).includes("on on"));
    expect(await kernel.heartbeat()).toBe("beat");
    await kernel.request("interrupt_request", {}, { channel: "control" });
    const { reply, messages } = await kernel.finished(id);
    expect(reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect(markdown(messages)).toMatch(/on on[\s\S]*\*Interrupted\.\*$/);
    await expect.poll(() => server.left).toBe(before + 1);
    expect((await kernel.execute("rows.length")).reply.status).toBe("ok");
  });

  test("of an hour's tokens sends few messages", async () => {
    server.answers.push("word ".repeat(3_000));
    const { messages } = await kernel.execute("%%chat\nMuch");
    expect(messages.length).toBeLessThan(1_000); // fifteen a second at most: a slow machine takes more of them
    expect(markdown(messages).trim()).toBe("word ".repeat(3_000).trim());
  });
});

describe("%%agent", () => {
  const cell = "%%agent\nHow many rows are there?";
  const metadata = { cellId: "the agent's cell" };

  test("runs SQL, answers, and leaves the code as one new cell", async () => {
    server.answers.push("```sql\nSELECT count(*) AS n FROM rows\n```", "There are 3 rows.");
    const { reply, messages } = await kernel.execute(cell, { metadata });
    expect(markdown(messages)).toMatch(/<details>[\s\S]*run_sql[\s\S]*There are 3 rows\./);
    expect(reply.payload).toEqual([
      { source: "set_next_input", text: expect.stringContaining("SELECT count(*)"), replace: false },
    ]);
  });

  test("does not leave it again when the cell is run again unchanged", async () => {
    server.answers.push("```sql\nSELECT count(*) AS n FROM rows\n```", "There are 3 rows.");
    const { reply } = await kernel.execute(cell, { metadata });
    expect(reply).toMatchObject({ status: "ok", payload: [] });
  });

  test("asks before it runs TypeScript, which then changes the session", async () => {
    server.answers.push(ALLOWED, "Six.");
    const { messages } = await kernel.execute("%%agent\nDouble the number of rows");
    expect(kernel.questions.at(-1)?.content.prompt).toContain("Run this code?");
    expect(markdown(messages)).toContain("Six.");
    expect((await kernel.execute("doubled satisfies number")).reply.status).toBe("ok");
  });

  test("proposes TypeScript where nobody can be asked", async () => {
    server.answers.push(ALLOWED.replaceAll("doubled", "proposed"));
    const { reply } = await kernel.execute("%%agent\nDouble it", { content: { allow_stdin: false } });
    expect(reply.payload).toMatchObject([{ source: "set_next_input", text: expect.stringContaining("proposed") }]);
    expect((await kernel.execute("proposed")).reply.status).toBe("error");
  });
});

describe("%mode", () => {
  test("chat makes cells questions, until it is code again; %%ts runs TypeScript all the while", async () => {
    await kernel.execute("%forget\n%mode chat");
    for (const source of ["How many rows?", "Why?", "%usage\nAnd now?"]) {
      server.answers.push(`About ${source.length}.`);
      const { messages } = await kernel.execute(source);
      expect(markdown(messages)).toBe(`About ${source.length}.`);
    }
    const { messages } = await kernel.execute("%%ts\nconst mine: number = rows.length\nmine");
    expect(messages.find(({ header }) => header.msg_type === "execute_result")?.content).toMatchObject({
      data: { "text/plain": "3" },
    });
    expect((await kernel.execute("%mode code\nmine + 1")).reply.status).toBe("ok");
    server.answers.push("Fine.");
    await kernel.execute("%%chat\nWell?");
    expect(server.prompts.at(-1)).toContain("const mine"); // of what ran, code is told
    expect(server.prompts.at(-1)?.split("How many rows?")).toHaveLength(2); // and talk only as the conversation
  });

  test("agent makes cells tasks", async () => {
    await kernel.execute("%mode agent");
    server.answers.push("```sql\nSELECT count(*) AS n FROM rows\n```", "There are 3 rows.");
    const { messages } = await kernel.execute("How many rows are there?");
    expect(markdown(messages)).toMatch(/run_sql[\s\S]*There are 3 rows\./);
    await kernel.execute("%mode code");
  });

  test("of another name is an error that names those there are", async () => {
    const { reply } = await kernel.execute("%mode poem");
    expect(reply).toMatchObject({ status: "error", evalue: "no mode poem; there are: code, chat, agent" });
  });

  test("a question is complete in a console, and the compiler keeps silent", async () => {
    await kernel.execute("%mode chat");
    const complete = await kernel.request("is_complete_request", { code: "What is it (really" });
    expect(complete).toMatchObject({ status: "complete" });
    const found = await kernel.request("complete_request", { code: "row", cursor_pos: 3 });
    expect(found).toMatchObject({ matches: [] });
    await kernel.execute("%mode code");
  });
});

test("a server that is gone is one line in the cell", async () => {
  const gone = await KernelProcess.start({ env: { QWENLAB_BASE_URL: "http://127.0.0.1:1/v1", QWENLAB_MODEL: "m" } });
  try {
    const { reply, messages } = await gone.execute("%%chat\nHello?");
    expect(reply.status).toBe("error");
    expect(reply.traceback).toEqual([
      expect.stringContaining("no answer from the model server at http://127.0.0.1:1/v1"),
    ]);
    expect(messages.filter(({ header }) => header.msg_type === "error")).toHaveLength(1);
  } finally {
    await gone[Symbol.asyncDispose]();
  }
});
