import { describe, expect, test } from "vitest";
import type { AgentEvent } from "../../../interpreter/index.ts";
import { TRACE_MIME, Trace } from "../../../kernel/display/trace.ts";

const call = { id: "1", name: "run_sql", arguments: '{"query":"SELECT 1"}' };
const preview = { language: "sql", code: "SELECT 1" } as const;
const table = { columns: [{ name: "origin", type: "VARCHAR" }], rows: [{ origin: "US|A" }], rowCount: 1 };
const called: AgentEvent = { type: "tool-call", call, preview };
const returned: Extract<AgentEvent, { type: "tool-result" }> = {
  type: "tool-result",
  call,
  content: "origin\nUS|A\n(1 row)",
  failed: false,
  cell: undefined,
  facts: [{ kind: "rows", table }],
  milliseconds: 24,
};

function traceOf(...events: readonly AgentEvent[]) {
  const trace = new Trace("How many?", { name: "qwen", sha256: "1d96" });
  for (const event of events) trace.add(event);
  return trace.bundle();
}

test("a step is a <details> with its code and its result, then the table and the answer", () => {
  const bundle = traceOf(
    called,
    returned,
    { type: "text-delta", text: "It is **one**." },
    { type: "agent-end", reason: "answered", answer: "It is **one**.", cell: undefined },
  );
  expect(bundle["text/markdown"]).toBe(
    [
      "<details>",
      "<summary>run_sql, 24 ms, 1 row</summary>",
      "",
      "```sql\nSELECT 1\n```",
      "",
      "```text\norigin\nUS|A\n(1 row)\n```",
      "",
      "</details>",
      "",
      "| origin |",
      "| --- |",
      "| US&#124;A |",
      "",
      "It is **one**.",
    ].join("\n"),
  );
});

test("how a query was read stands beside its result, and not only in the folded step", () => {
  const facts = [...returned.facts, { kind: "noted", note: "(the rows of each <b>studio</b> are counted)" } as const];
  const read = { ...returned, facts };
  const bundle = traceOf(called, read, { type: "agent-end", reason: "answered", answer: "One.", cell: undefined });
  expect(String(bundle["text/markdown"])).toMatch(
    /US&#124;A \|\n\n\*How the query was read: the rows of each (?!<b>).*studio.* are counted\.\*\n\nOne\.$/,
  );
  expect(String(bundle["text/plain"])).toContain("How the query was read: the rows of each");
  const second = { kind: "noted", note: "(2 of 5 rows are left out)" } as const;
  const both = traceOf(called, { ...read, facts: [...facts, second] }, { type: "text-delta", text: "One." });
  expect(String(both["text/plain"])).toMatch(
    /How the query was read: the rows of each .* are counted; 2 of 5 rows are left out\./,
  );
  const again = traceOf(called, read, called, returned, { type: "text-delta", text: "One." });
  expect(String(again["text/markdown"])).not.toContain("How the query was read");
});

test("where a model repeats itself, a result is named only where there is one, else a way out", () => {
  const end: AgentEvent = { type: "agent-end", reason: "repeated", answer: "", cell: undefined };
  expect(String(traceOf(called, returned, end)["text/markdown"])).toContain("Its last result is above.");
  const failed: AgentEvent = { ...returned, failed: true, facts: [] };
  const without = String(traceOf(called, failed, end)["text/markdown"]);
  expect(without).not.toContain("above");
  expect(without).toContain("has no result. Ask in other words");
});

test("what was thought is folded before the step or the answer that it led to", () => {
  const thought = (text: string): AgentEvent => ({ type: "reasoning-delta", text });
  const bundle = traceOf(thought("SQL, "), thought("then."), called, returned, thought("One."), {
    type: "text-delta",
    text: "It is one.",
  });
  const folded = (text: string) => `<details>\n<summary>Thoughts</summary>\n\n${text}\n\n</details>`;
  const markdown = String(bundle["text/markdown"]);
  expect(markdown.startsWith(`${folded("SQL, then.")}\n\n<details>\n<summary>run_sql`)).toBe(true);
  expect(markdown.endsWith(`${folded("One.")}\n\nIt is one.`)).toBe(true);
  expect(bundle[TRACE_MIME]).toMatchObject({ steps: [{ thoughts: "SQL, then." }] });
});

test("the same as data, under its own type and no other that JupyterLab would show", () => {
  const bundle = traceOf(called, returned, {
    type: "answer-end",
    usage: { promptTokens: 9, cachedTokens: 3, completionTokens: 2 },
  });
  expect(Object.keys(bundle).sort()).toEqual([TRACE_MIME, "text/markdown", "text/plain"]);
  expect(bundle[TRACE_MIME]).toEqual({
    request: "How many?",
    modelSha256: "1d96",
    model: "qwen",
    settings: {},
    steps: [
      {
        tool: "run_sql",
        arguments: '{"query":"SELECT 1"}',
        language: "sql",
        code: "SELECT 1",
        result: "origin\nUS|A\n(1 row)",
        failed: false,
        milliseconds: 24,
        rowCount: 1,
      },
    ],
    end: null,
    answer: "",
    tokens: { prompt: 9, cached: 3, completion: 2 },
  });
});

test("words that were withdrawn, or replaced at the end, are not shown as the answer", () => {
  const withdrawn = traceOf({ type: "text-delta", text: "It is 35." }, { type: "text-withdrawn" });
  expect(withdrawn["text/markdown"]).toBe("*Thinking…*");
  const replaced = traceOf(
    { type: "text-delta", text: "It is 36." },
    { type: "agent-end", reason: "answered", answer: "It is 37.", cell: undefined },
  );
  expect(replaced["text/markdown"]).toBe("It is 37.");
});

describe("what is shown meanwhile", () => {
  test("before anything", () => expect(traceOf()["text/markdown"]).toBe("*Thinking…*"));
  test("a long prompt that is being read", () => {
    const reading = { type: "prompt-progress", processed: 128, total: 300 } as const;
    expect(traceOf(reading)["text/markdown"]).toBe("*Reading, 128 of 300 tokens…*");
    expect(traceOf(reading, { type: "text-delta", text: "So" })["text/markdown"]).toBe("So");
  });
  test("a step that runs", () =>
    expect(traceOf(called)["text/markdown"]).toContain("<summary>run_sql, running</summary>"));
});

describe("what comes from the model or from data cannot break out", () => {
  test("of a result", () => {
    const markdown = traceOf(called, { ...returned, content: "```\n</details><img src=x>", facts: [] })[
      "text/markdown"
    ];
    expect(markdown).toContain("````text\n```\n</details><img src=x>\n````");
  });

  test("of a tool's name", () => {
    const unknown = { ...call, name: "<img src=x>" };
    const markdown = traceOf({ type: "tool-call", call: unknown, preview })["text/markdown"];
    expect(markdown).toContain("<summary>&lt;img src=x>, running</summary>");
  });

  test("of an answer", () => {
    expect(traceOf({ type: "text-delta", text: "<script>x</script>" })["text/markdown"]).toContain("&lt;script>");
  });
});
