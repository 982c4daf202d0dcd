// How often the analyst is right: questions over real tables, asked as %%agent asks them, answers checked by code.
//
//   node bench/analyst/main.mjs [--model NAME] [--part work|kept|all] [--setting bare,schema,repair,full]
//                               [--only TEXT] [--out FILE]
//
// Another server through QWENLAB_BASE_URL. Answers are kept in --out, so that a run that was stopped goes on.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  columnValues,
  describeNotebook,
  joinKeys,
  newTurn,
  runAgent,
  runSqlTool,
  startTypeScriptSession,
} from "../../dist/interpreter/index.js";
import { BUILT_IN } from "../../dist/kernel/magics/toolbox.js";
import { createModels } from "../../dist/kernel/models.js";
import { judge } from "./check.mjs";
import { prepareTables } from "./tables.mjs";

/**
 * What each brings: bare, names of files only; schema, the columns with their values; repair, errors go back to the
 * model; full, as users have it: small mistakes are put right before that.
 */
const SETTINGS = {
  bare: { schema: false, mend: false, maxRepairs: 0 },
  schema: { schema: true, mend: false, maxRepairs: 0 },
  repair: { schema: true, mend: false, maxRepairs: 3 },
  full: { schema: true, mend: true, maxRepairs: 3 },
};
const CONTEXT_TOKENS = 8_192;
const AGENT_BUDGET = 350; // tokens, as %%agent has

const { values: options } = parseArgs({
  options: {
    model: { type: "string" },
    part: { type: "string", default: "work" },
    setting: { type: "string", default: "full" },
    only: { type: "string", default: "" },
    out: { type: "string" },
  },
});

const folders = prepareTables(join(process.env.QWENLAB_CACHE_DIR ?? tmpdir(), "bench-analyst"));
const questions = readFileSync(new URL("questions.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line, i) => ({ lang: "en", ...JSON.parse(line), id: i + 1, part: i % 4 < 2 ? "work" : "kept" }));
const asked = questions.filter(
  (question) =>
    (options.part === "all" || question.part === options.part) &&
    `${question.kind} ${question.set} ${question.lang} #${question.id}#`.includes(options.only),
);
const known = new Map();
if (options.out && existsSync(options.out)) {
  for (const line of readFileSync(options.out, "utf8").trim().split("\n").filter(Boolean)) {
    const entry = JSON.parse(line);
    known.set(`${entry.setting} ${entry.id}`, entry);
  }
}

const output = {
  cellId: "bench",
  signal: new AbortController().signal,
  stream: (_name, text) => process.stderr.write(text),
  display() {},
  updateDisplay() {},
};
const models = createModels({ cwd: tmpdir(), env: process.env });
const model = await models.chatModel(output, options.model);
const reference = await (await DuckDBInstance.create(":memory:")).connect();
const sessions = new Map();

const results = [];
for (const setting of options.setting.split(",")) {
  for (const question of asked) {
    const entry = known.get(`${setting} ${question.id}`) ?? (await ask(question, setting));
    results.push(entry);
    if (!known.has(`${setting} ${question.id}`)) {
      process.stderr.write(
        `${String(results.length).padStart(3)}/${asked.length} ${setting} ${entry.verdict.padEnd(8)} ${entry.kind} ${question.lang} ${question.ask.slice(0, 60)}\n`,
      );
      if (options.out) appendFileSync(options.out, `${JSON.stringify(entry)}\n`);
    }
  }
}
for (const session of sessions.values()) await session[Symbol.asyncDispose]();
report();
process.exit(0);

async function ask(question, setting) {
  const session = await sessionOf(question.set);
  const conversation = [];
  if (question.after) await turn(session, conversation, question.after, setting);
  const seen = await turn(session, conversation, question.ask, setting);
  const expected = question.sql ? await referenceRows(question) : [];
  const { id, kind, lang, ask } = question;
  const verdict = judge(question, seen, expected);
  const { answer, calls, seconds, tokens, end } = seen;
  return { setting, id, kind, lang, ask, verdict, end, answer, calls, seconds, tokens, expected: expected.slice(0, 8) };
}

async function turn(session, conversation, ask, setting) {
  const { schema, mend, maxRepairs } = SETTINGS[setting];
  const tables = await session.tables();
  const told = schema
    ? describeNotebook(
        {
          tables,
          variables: [],
          cells: [],
          values: await columnValues(session, tables),
          joins: await joinKeys(session, tables),
        },
        { question: ask, budgetTokens: AGENT_BUDGET },
      )
    : `Tables: ${tables.map(({ name }) => name).join(", ")}`;
  conversation.push(newTurn(ask, told));
  const seen = { answer: "", end: "", tables: [], chart: undefined, calls: [], seconds: 0, tokens: 0 };
  const started = performance.now();
  const events = runAgent(model, conversation, {
    tools: mend ? BUILT_IN : [runSqlTool({ mend: false }), ...BUILT_IN.slice(1)],
    context: {
      session,
      cellId: "bench",
      signal: undefined,
      display(data) {
        seen.chart = data["application/vnd.vegalite.v5+json"];
      },
      onSessionEvent: () => () => {},
    },
    approve: async () => "run",
    contextTokens: CONTEXT_TOKENS,
    temperature: 0,
    seed: 0,
    maxRepairs,
  });
  for await (const event of events) {
    if (event.type === "tool-call") seen.calls.push({ name: event.call.name, code: event.preview.code });
    if (event.type === "tool-result") {
      Object.assign(seen.calls.at(-1) ?? {}, { failed: event.failed, ...(event.failed && { error: event.content }) });
      if (event.table) seen.tables.push(event.table);
    }
    if (event.type === "answer-end") seen.tokens += event.usage?.completionTokens ?? 0;
    if (event.type === "agent-end") Object.assign(seen, { end: event.reason, answer: event.answer });
  }
  if (seen.end === "unanswerable") seen.end = "answered"; // it says so
  if (seen.end === "repeated" && seen.tables.length > 0) seen.end = "answered"; // its result is shown, and said so
  seen.seconds = Math.round((performance.now() - started) / 100) / 10;
  return seen;
}

async function sessionOf(set) {
  if (!sessions.has(set)) sessions.set(set, await startTypeScriptSession({ cwd: folders[set], onEvent() {} }));
  return sessions.get(set);
}

async function referenceRows({ set, sql }) {
  await reference.run(`SET file_search_path = '${folders[set]}'`);
  return (await reference.runAndReadAll(sql)).getRowsJson();
}

function report() {
  console.log(`${model.name}, ${asked.length} questions (${options.part})`);
  console.log("setting   right wrong gave-up  ran at first  executable  tokens  seconds");
  for (const setting of options.setting.split(",")) {
    const of = results.filter((entry) => entry.setting === setting);
    const share = (count, all = of.length) => `${Math.round((100 * count) / Math.max(1, all))} %`;
    const count = (verdict) => of.filter((entry) => entry.verdict === verdict).length;
    const withCalls = of.filter(({ calls }) => calls.length > 0);
    const first = withCalls.filter(({ calls }) => !calls[0].failed).length;
    const ran = withCalls.filter(({ calls }) => calls.some(({ failed }) => !failed)).length;
    const mean = (key) => of.reduce((sum, entry) => sum + entry[key], 0) / Math.max(1, of.length);
    const cells = [
      share(count("right")),
      share(count("wrong")),
      share(count("gave up")),
      share(first, withCalls.length),
      share(ran, withCalls.length),
      mean("tokens").toFixed(0),
      mean("seconds").toFixed(1),
    ];
    console.log(`${setting.padEnd(8)} ${cells.map((cell) => cell.padStart(8)).join(" ")}`);
    for (const key of ["kind", "lang"]) {
      const groups = [...new Set(of.map((entry) => entry[key]))].sort();
      const lines = groups.map((group) => {
        const members = of.filter((entry) => entry[key] === group);
        return `${group} ${members.filter(({ verdict }) => verdict === "right").length}/${members.length}`;
      });
      console.log(`  ${lines.join(", ")}`);
    }
  }
}
