// How often the analyst is right: questions over real tables, asked as %%agent asks them, answers checked by code.
//
//   node bench/analyst/main.mjs [--model NAME] [--part work,kept,looked-at,unseen|all] [--setting bare,schema,grammar,repair,full]
//                               [--only TEXT] [--out FILE] [--together] [--list | --answers FILE]
//
// README.md beside this says what the parts are. Another server through QWENLAB_BASE_URL. Answers are kept in --out, so that a run that was stopped goes on.
import { appendFileSync, cpSync, existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  asksWhichTable,
  columnValues,
  describeNotebook,
  modelTraits,
  newTurn,
  pickTable,
  rowsOf,
  runAgent,
  runSqlTool,
  startTypeScriptSession,
  tablesInQuestion,
  textsOf,
  toldTables,
} from "../../dist/interpreter/index.js";
import { measuredColumn } from "../../dist/interpreter/tools/measured-column.js";
import { renamedColumns, sharesWord } from "../../dist/interpreter/tools/renamed-columns.js";
import { createModels } from "../../dist/kernel/model/models.js";
import { BUILT_IN } from "../../dist/kernel/model/toolbox.js";
import { judge } from "./check/judge.mjs";
import { namedParts, prepareSets, readQuestions } from "./questions.mjs";
import { reportLines } from "./report.mjs";
import { ARRAY_EXAMPLES, SETTINGS } from "./settings.mjs";

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
const parts = namedParts(options.part);
const { folders, referenceOf } = await prepareSets(cache, parts);
if (options.together) {
  const together = join(cache, `together-${parts.join("-")}`);
  for (const [set, folder] of Object.entries(folders)) {
    cpSync(folder, together, { recursive: true, dereference: true });
    folders[set] = together;
  }
}
const asked = readQuestions(parts)
  .filter(({ kind, set, lang, id }) => `${kind} ${set} ${lang} #${id}#`.includes(options.only))
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
console.log(`${model.name}, ${asked.length} questions`);
for (const line of reportLines(results)) console.log(line);
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

/** What failed, or what agent/guards/denied-columns.ts would ask about. */
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
    modelTraits(model.name).dialect.answerSchema(text, BUILT_IN, async () => tables),
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
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const { id, answer, calls, seconds } = JSON.parse(line);
    const question = asked.find((one) => one.id === id);
    if (!question || question.chart) continue; // what it draws is a picture: nothing that could be checked
    const end = /^(|None)$/.test(answer) ? "none" : "answered";
    const judged = await judge(question, { answer, tables: [], end }, await referenceOf(question));
    const { part, kind, lang, ask } = question;
    results.push({ setting: "rival", id, part, kind, lang, ask, ...judged, end, answer, calls, seconds, tokens: 0 });
  }
}

async function ask(question, setting) {
  const asArrays = SETTINGS[setting].system !== undefined;
  const session = await (asArrays ? sessionWithArrays : sessionOf)(question.set);
  const conversation = [];
  if (question.after) await turn(session, conversation, question.after, setting);
  const seen = await turn(session, conversation, question.ask, setting);
  if (asArrays) await session[Symbol.asyncDispose]();
  const reference = await referenceOf(question);
  const { id, part, kind, lang, ask } = question;
  const judged = await judge(question, { ...seen, answer: `${seen.answer}\n${seen.shown ?? ""}` }, reference);
  const verdict = seen.doubts && judged.verdict !== "right" ? "doubted" : judged.verdict;
  const { answer, doubts, calls, seconds, tokens, end } = seen;
  const expected = reference.rows.slice(0, 8);
  return {
    setting,
    id,
    part,
    kind,
    lang,
    ask,
    ...judged,
    verdict,
    end,
    answer,
    doubts,
    calls,
    seconds,
    tokens,
    expected,
  };
}

async function turn(session, conversation, ask, setting) {
  const { schema, grammar, mend, maxRepairs, tools, system } = SETTINGS[setting];
  const all = await session.tables();
  const tables = system ? all.filter(({ kind }) => kind === "variable") : all;
  conversation.push(
    schema
      ? await turnOf(session, tables, system ? await session.variables() : [], ask, conversation)
      : newTurn(ask, `Tables: ${tables.map(({ name }) => name).join(", ")}`),
  );
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
      ...modelTraits(model.name).dialect,
      ...(!grammar && { answerSchema: async () => undefined }),
      ...(system && { system, examples: ARRAY_EXAMPLES }),
    },
  });
  for await (const event of events) {
    if (event.type === "tool-call") seen.calls.push({ name: event.call.name, code: event.preview.code });
    if (event.type === "tool-result") {
      const failed = event.failed && !event.content.startsWith("This cannot be answered"); // which is said of what ran
      Object.assign(seen.calls.at(-1) ?? {}, { failed, ...(failed && { error: event.content }) });
      const table = rowsOf(event.facts);
      if (table) seen.tables.push(table);
      else if (system && !event.failed) seen.shown = event.content; // the user sees it in the cell
    }
    if (event.type === "answer-end") seen.tokens += event.usage?.completionTokens ?? 0;
    if (event.type === "agent-end")
      Object.assign(seen, { end: event.reason, answer: event.answer, doubts: event.doubts });
  }
  if (seen.end === "unanswerable") seen.end = "answered"; // it says so
  if (seen.end === "repeated" && seen.tables.length > 0) seen.end = "answered"; // its result is shown, and said so
  seen.seconds = Math.round((performance.now() - started) / 100) / 10;
  return seen;
}

/** As the kernel tells it, without cells. */
async function turnOf(session, all, variables, question, conversation) {
  const tables = toldTables(all, question, conversation);
  const values = await columnValues(session, tables);
  const asked = { question, recent: [textsOf(conversation)] };
  const picked = asksWhichTable(model.name, tables, asked, values)
    ? (await pickTable(model, tables, question)).table
    : undefined;
  const { about, joins } = await tablesInQuestion(session, tables, { ...asked, picked }, { values });
  const state = { tables, about, joins, values, variables, cells: [] };
  const namesOthers = modelTraits(model.name).seesOtherTables;
  const told = describeNotebook({ ...state, namesOthers }, { question, budgetTokens: AGENT_BUDGET });
  return newTurn(question, told, { about: about.map(({ name }) => name) });
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
