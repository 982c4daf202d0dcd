// How often the analyst is right: questions over real tables, asked as %%agent asks them, answers checked by code.
//
//   node bench/analyst/main.mjs [--model NAME] [--part work|kept|all] [--setting bare,schema,grammar,repair,full]
//                               [--only TEXT] [--out FILE] [--together] [--list | --answers FILE]
//
// Another server through QWENLAB_BASE_URL. Answers are kept in --out, so that a run that was stopped goes on.
import { appendFileSync, cpSync, existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import {
  chooseDialect,
  columnValues,
  describeNotebook,
  joinKeys,
  newTurn,
  runAgent,
  runSqlTool,
  runTypeScript,
  startTypeScriptSession,
} from "../../dist/interpreter/index.js";
import { measuredColumn } from "../../dist/interpreter/tools/measured-column.js";
import { renamedColumns, sharesWord } from "../../dist/interpreter/tools/renamed-columns.js";
import { BUILT_IN } from "../../dist/kernel/magics/toolbox.js";
import { createModels } from "../../dist/kernel/models.js";
import { judge } from "./check.mjs";
import { prepareTables } from "./tables.mjs";

const ARRAYS = `You analyse data in a TypeScript notebook. The tables are arrays of objects, in variables.
To compute something write one \`\`\`typescript code block; the value of its last line is shown to you. Then answer in one sentence.`;

const ARRAY_EXAMPLES = [
  [
    "Question: What is the mean price by city?",
    `\`\`\`typescript
const sums = new Map<string, { sum: number; count: number }>();
for (const { city, price } of sales) {
  const entry = sums.get(city) ?? { sum: 0, count: 0 };
  sums.set(city, { sum: entry.sum + price, count: entry.count + 1 });
}
[...sums].map(([city, { sum, count }]) => ({ city, mean: sum / count }))
\`\`\``,
  ],
  ["Result:\n[{ city: 'Lyon', mean: 4 }, { city: 'Oslo', mean: 9 }]", "The mean price is 4 in Lyon and 9 in Oslo."],
  [
    "Question: How many sales in 2020 had a price over 5?",
    `\`\`\`typescript
sales.filter(({ year, price }) => year === 2020 && price > 5).length
\`\`\``,
  ],
  ["Result:\n12", "12 sales in 2020 had a price over 5."],
].flatMap(([user, assistant]) => [
  { role: "user", content: user },
  { role: "assistant", content: assistant },
]);

/**
 * What each brings, one after another. bare: the names of the files only. schema: their columns, types and values.
 * grammar: what is a chart or a test, or names a function, is answered under a JSON schema with the real names. repair:
 * errors go back to the model. full, as users have it: small mistakes are put right before that.
 * The compiler's part is seen where the tables are typed arrays, and there is no SQL. typescript: what the model writes
 * is compiled before it runs, and goes back if it has an error; unchecked: it just runs, and what it throws goes back.
 */
const SETTINGS = {
  bare: { schema: false, grammar: false, mend: false, maxRepairs: 0 },
  schema: { schema: true, grammar: false, mend: false, maxRepairs: 0 },
  grammar: { schema: true, grammar: true, mend: false, maxRepairs: 0, as: "schema" },
  repair: { schema: true, grammar: true, mend: false, maxRepairs: 3, as: "grammar" },
  full: { schema: true, grammar: true, mend: true, maxRepairs: 3, as: "grammar" },
  typescript: { schema: true, maxRepairs: 3, tools: [runTypeScript], system: ARRAYS },
  unchecked: { schema: true, maxRepairs: 3, tools: [unchecked(runTypeScript)], system: ARRAYS, as: "typescript" },
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
    together: { type: "boolean", default: false }, // all tables in one folder, as people have them
    list: { type: "boolean", default: false }, // the questions, for rival.py
    answers: { type: "string" }, // of rival.py, to be judged
  },
});

const cache = join(process.env.QWENLAB_CACHE_DIR ?? tmpdir(), "bench-analyst");
const folders = prepareTables(cache);
if (options.together) {
  const together = join(cache, "together");
  for (const [set, folder] of Object.entries(folders)) {
    cpSync(folder, together, { recursive: true, dereference: true });
    folders[set] = together;
  }
}
const questions = readFileSync(new URL("questions.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line, i) => ({ lang: "en", ...JSON.parse(line), id: i + 1, part: i % 4 < 2 ? "work" : "kept" }));
const asked = questions
  .filter(
    (question) =>
      (options.part === "all" || question.part === options.part) &&
      `${question.kind} ${question.set} ${question.lang} #${question.id}#`.includes(options.only),
  )
  .sort((a, b) => a.set.localeCompare(b.set)); // what is told of a table is read once by a server that keeps prefixes
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
  clear() {},
};
const models = createModels({ cwd: tmpdir(), env: process.env });
const { list, answers } = options;
const model = list || answers ? { name: "another agent" } : await models.chatModel(output, options.model);
const reference = await (await DuckDBInstance.create(":memory:")).connect();
const sessions = new Map();

if (list) await printQuestions();
const results = [];
if (answers) await judgeAnswers(answers);
else
  for (const setting of options.setting.split(",")) {
    for (const question of asked) {
      const entry =
        known.get(`${setting} ${question.id}`) ??
        (await sameBefore(question, setting)) ??
        (await ask(question, setting));
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

/** Greedy answers are the same where a setting changes nothing: without a schema for the answer, or until a call fails. */
async function sameBefore(question, setting) {
  const { as } = SETTINGS[setting];
  const before =
    known.get(`${as} ${question.id}`) ?? results.find((entry) => entry.setting === as && entry.id === question.id);
  if (before === undefined) return undefined;
  const changes =
    setting === "grammar"
      ? await underSchema(question)
      : question.after !== undefined || before.calls.length === 0 || (await anyMayChange(before.calls, question));
  return changes ? undefined : { ...before, setting };
}

/** What failed, or what agent/column-for.ts would ask about. */
async function anyMayChange(calls, { set, ask }) {
  const tables = await (await sessionOf(set)).tables();
  return calls.some(({ failed, name, code }) => {
    if (failed || name !== "run_sql") return failed;
    const measured = measuredColumn(code, tables);
    return renamedColumns(code).length > 0 || (measured !== undefined && !sharesWord(measured, ask));
  });
}

async function underSchema({ ask, after = "", set }) {
  const tables = await (await sessionOf(set)).tables();
  const schemas = [ask, after].map((text) =>
    chooseDialect(model.name).answerSchema(text, BUILT_IN, async () => tables),
  );
  return (await Promise.all(schemas)).some((schema) => schema !== undefined);
}

async function printQuestions() {
  for (const { id, set, ask, after } of asked) {
    const session = await sessionOf(set);
    const told = await toldOf(session, await session.tables(), [], ask);
    process.stdout.write(`${JSON.stringify({ id, ask, after, told, folder: folders[set] })}\n`);
  }
  process.exit(0);
}

async function judgeAnswers(file) {
  options.setting = "rival";
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const { id, answer, calls, seconds } = JSON.parse(line);
    const question = asked.find((one) => one.id === id);
    if (!question || question.chart) continue; // what it draws is a picture: nothing that could be checked
    const end = /^(|None)$/.test(answer) ? "none" : "answered";
    const verdict = judge(question, { answer, tables: [], end }, question.sql ? await referenceRows(question) : []);
    const { kind, lang, ask } = question;
    results.push({ setting: "rival", id, kind, lang, ask, verdict, end, answer, calls, seconds, tokens: 0 });
  }
}

async function ask(question, setting) {
  const asArrays = SETTINGS[setting].system !== undefined;
  const session = await (asArrays ? sessionWithArrays : sessionOf)(question.set);
  const conversation = [];
  if (question.after) await turn(session, conversation, question.after, setting);
  const seen = await turn(session, conversation, question.ask, setting);
  if (asArrays) await session[Symbol.asyncDispose]();
  const expected = question.sql ? await referenceRows(question) : [];
  const { id, kind, lang, ask } = question;
  const verdict = judge(question, { ...seen, answer: `${seen.answer}\n${seen.shown ?? ""}` }, expected);
  const { answer, calls, seconds, tokens, end } = seen;
  return { setting, id, kind, lang, ask, verdict, end, answer, calls, seconds, tokens, expected: expected.slice(0, 8) };
}

async function turn(session, conversation, ask, setting) {
  const { schema, grammar, mend, maxRepairs, tools, system } = SETTINGS[setting];
  const all = await session.tables();
  const tables = system ? all.filter(({ kind }) => kind === "variable") : all;
  const told = schema
    ? await toldOf(session, tables, system ? await session.variables() : [], ask)
    : `Tables: ${tables.map(({ name }) => name).join(", ")}`;
  conversation.push(newTurn(ask, told));
  const seen = {
    answer: "",
    shown: undefined,
    end: "",
    tables: [],
    chart: undefined,
    calls: [],
    seconds: 0,
    tokens: 0,
  };
  const started = performance.now();
  const events = runAgent(model, conversation, {
    tools: tools ?? (mend ? BUILT_IN : [runSqlTool({ mend: false }), ...BUILT_IN.slice(1)]),
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
    dialect: {
      ...chooseDialect(model.name),
      ...(!grammar && { answerSchema: async () => undefined }),
      ...(system && { system, examples: ARRAY_EXAMPLES }),
    },
  });
  for await (const event of events) {
    if (event.type === "tool-call") seen.calls.push({ name: event.call.name, code: event.preview.code });
    if (event.type === "tool-result") {
      const failed = event.failed && !event.content.startsWith("This cannot be answered"); // which is said of what ran
      Object.assign(seen.calls.at(-1) ?? {}, { failed, ...(failed && { error: event.content }) });
      if (event.table) seen.tables.push(event.table);
      else if (system && !event.failed) seen.shown = event.content; // the user sees it in the cell
    }
    if (event.type === "answer-end") seen.tokens += event.usage?.completionTokens ?? 0;
    if (event.type === "agent-end") Object.assign(seen, { end: event.reason, answer: event.answer });
  }
  if (seen.end === "unanswerable") seen.end = "answered"; // it says so
  if (seen.end === "repeated" && seen.tables.length > 0) seen.end = "answered"; // its result is shown, and said so
  seen.seconds = Math.round((performance.now() - started) / 100) / 10;
  return seen;
}

async function toldOf(session, tables, variables, question) {
  const values = await columnValues(session, tables);
  const joins = await joinKeys(session, tables);
  return describeNotebook({ tables, variables, cells: [], values, joins }, { question, budgetTokens: AGENT_BUDGET });
}

/** The same tool without the compiler: what is wrong shows when it runs, or never. */
function unchecked(tool) {
  const asItIs = (args) => JSON.stringify({ code: `// @ts-nocheck\n${JSON.parse(args).code}` });
  return { ...tool, check: async () => {}, call: (args, context) => tool.call(asItIs(args), context) };
}

async function sessionOf(set) {
  if (!sessions.has(set)) sessions.set(set, await startTypeScriptSession({ cwd: folders[set], onEvent() {} }));
  return sessions.get(set);
}

/** The tables as variables of their files' names; one a question, since what the model declares stays. */
async function sessionWithArrays(set) {
  const session = await startTypeScriptSession({ cwd: folders[set], onEvent() {} });
  for (const { name } of await session.tables()) {
    const stem = name.slice(1, -1).replace(/\.\w+$/, "");
    await session.sql(`FROM ${name}`, { locked: false, out: stem.replace(/[^\p{L}\p{N}]+/gu, "_") });
  }
  return session;
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
    const failed = of.flatMap(({ calls }) => calls.filter((call) => call.failed));
    const caught = failed.filter(({ error }) =>
      /^Error: the code does not compile|^the code does not compile/.test(error),
    ).length;
    console.log(`${setting.padEnd(8)} ${cells.map((cell) => cell.padStart(8)).join(" ")}`);
    if (caught > 0) console.log(`  ${caught} of ${failed.length} mistakes in code were caught before it ran`);
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
