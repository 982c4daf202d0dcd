// What is known of a task while it is worked on. The loop writes it, guards read it.

import type { ChatMessage, ChatModel, ChatUsage, ToolCall } from "../chat-model.ts";
import { type ColumnValues, columnValues } from "../context/column-values.ts";
import { onlyTables } from "../context/describe-notebook.ts";
import { joinKeys } from "../context/join-keys.ts";
import { relevantTables } from "../context/relevant-tables.ts";
import { wholeWord } from "../escape-regexp.ts";
import { answerLanguage, certainLanguage, type Language } from "../languages/index.ts";
import type { SqlResult, TableInfo } from "../sessions/session.ts";
import type { JoinKey } from "../sessions/sql/join-key.ts";
import { withoutMembers } from "../sessions/sql/table-families.ts";
import { fileOf, stemOf } from "../sessions/table-info.ts";
import type { Drawn } from "../tools/drawn-values.ts";
import { codeThatRan, factsOf, rowsOf } from "../tools/facts.ts";
import type { AgentOptions } from "./agent-events.ts";
import { type Conversation, textsOf } from "./conversation.ts";
import type { Dialect } from "./dialect.ts";
import { lastCall } from "./question/asked-change.ts";
import type { AskedForm } from "./question/asked-form.ts";
import { isFollowUp } from "./question/follow-up.ts";
import { type MeantQuestion, meantQuestion } from "./question/form-only.ts";
import type { CallOutcome } from "./run-call.ts";

const LOOKED_AT = 1_000; // rows of what is looked up beside the query

export class Task {
  readonly model: ChatModel;
  readonly conversation: Conversation;
  readonly dialect: Dialect;
  readonly options: AgentOptions;
  /** The calls that ran and what came of them, the oldest first. */
  readonly made: { readonly call: ToolCall; readonly outcome: CallOutcome }[] = [];
  /** Queries that guards proposed as a step on the way: their rows are no answer. */
  readonly proposed: string[] = [];
  /** Answers that guards wrote from results: they hold, whatever sentences they look like. */
  readonly written: string[] = [];
  /** Of requests that guards made, until the loop has told of it. */
  readonly spent: ChatUsage[] = [];
  /** Run again where the question asks only for another form of the answer before. */
  readonly queryBefore: string | undefined;
  #meant: MeantQuestion;

  constructor(model: ChatModel, conversation: Conversation, dialect: Dialect, options: AgentOptions) {
    this.model = model;
    this.conversation = conversation;
    this.dialect = dialect;
    this.options = options;
    const questions = conversation.map(({ messages }) =>
      typeof messages[0]?.content === "string" ? messages[0].content : "",
    );
    this.#meant = meantQuestion(questions);
    const before = this.#meant.isOnlyForm ? lastCall(conversation.at(-2)?.messages ?? []) : undefined;
    this.queryBefore = before?.language === "sql" ? before.code : undefined;
    if (this.#meant.isOnlyForm && this.queryBefore === undefined) this.#meant = meantQuestion(questions.slice(-1));
  }

  /** Runs a query beside the model's, of which the user hears nothing. */
  readonly look = (query: string): Promise<SqlResult> => {
    const { session, signal } = this.options.context;
    return session.sql(query, { locked: true, isQuiet: true, maxRows: LOOKED_AT, ...(signal && { signal }) });
  };

  /** By what the tables are joined that the question is about. */
  readonly keys = async (): Promise<readonly JoinKey[]> => {
    const { session, signal } = this.options.context;
    return joinKeys(session, await this.relevantTables(), signal).catch(() => []);
  };

  /** The notebook's tables; none where they cannot be told: a guard then has nothing to say, and the task goes on. */
  readonly tables = async (): Promise<readonly TableInfo[]> => {
    const all = await this.options.context.session.tables().catch(() => []);
    const before = this.standsAlone ? "" : textsOf(this.conversation.slice(-2, -1)).join("\n");
    const used = this.made
      .map(({ call, outcome }) => `${call.arguments} ${codeThatRan(outcome.facts) ?? ""}`)
      .join("\n");
    return withoutMembers(all, { question: this.question, before, used });
  };

  /** Of these, those that the question is about. */
  readonly relevantTables = async (): Promise<readonly TableInfo[]> => {
    const { session, signal } = this.options.context;
    const all = await this.tables();
    const { about } = this.conversation.at(-1) ?? {};
    if (about) return about.flatMap((name) => all.filter((table) => table.name === name));
    const values = await columnValues(session, all, signal).catch((): ColumnValues => new Map());
    signal?.throwIfAborted();
    const recent = [textsOf(this.conversation.slice(0, -1))];
    return relevantTables(all, { question: this.question, recent }, { values });
  };

  get messages(): ChatMessage[] {
    return this.conversation.at(-1)?.messages ?? [];
  }

  get last(): CallOutcome | undefined {
    return this.made.at(-1)?.outcome;
  }

  /** The rows that the last call gave; undefined where it failed, or has none. */
  get lastRows(): SqlResult | undefined {
    return this.last?.failed ? undefined : rowsOf(this.last?.facts ?? []);
  }

  /** What the last call has drawn. */
  get lastDrawn(): Drawn | undefined {
    return factsOf(this.last?.facts ?? [], "drawn")[0];
  }

  /** As the user wrote it, behind the question whose answer it wants in another form; "" where it is no text. */
  get question(): string {
    return this.#meant.question;
  }

  /** The form that the answer is to have. */
  get form(): AskedForm {
    return this.#meant.form;
  }

  /** The language of an answer: that of the question, or where it does not tell ("no, 1990"), of the questions before it. */
  get language(): Language | undefined {
    const questions = this.conversation.map(({ messages }) => String(messages[0]?.content ?? ""));
    return questions.reverse().map(certainLanguage).find(Boolean);
  }

  /** English where nothing tells. */
  get answerLanguage(): Language {
    return this.language ?? answerLanguage(this.question);
  }

  /** Whether the question can be read without the one before it. */
  get standsAlone(): boolean {
    const asked = this.conversation.length - 1 - (this.#meant.isOnlyForm ? 1 : 0);
    return this.question !== "" && !(asked > 0 && isFollowUp(this.question));
  }

  /**
   * All that the model can have its words from: what it was told and shown, not what it wrote itself. Of the tables only
   * those that the question, a call of the task or `text` names, and the only one: what another holds is no evidence.
   */
  shown(text: string): string[] {
    const calls = this.made.flatMap(({ call, outcome }) => [call.arguments, codeThatRan(outcome.facts) ?? ""]);
    const named = [this.question, text, ...calls].join("\n");
    const isMeant = (name: string) => [fileOf({ name }), stemOf({ name })].some((one) => wholeWord(one).test(named));
    return this.conversation.flatMap(({ notebook, messages }) => [
      onlyTables(notebook, isMeant),
      ...messages.filter(({ role }) => role !== "assistant").map(({ content }) => String(content ?? "")),
    ]);
  }

  /** Asks the model apart from the conversation, greedily, for a few tokens. */
  async askApart(system: string, question: string, maxTokens: number): Promise<string> {
    const { signal } = this.options.context;
    const messages: ChatMessage[] = [
      { role: "system", content: system },
      { role: "user", content: question },
    ];
    for await (const event of this.model.chat({ messages, maxTokens, temperature: 0, ...(signal && { signal }) })) {
      if (event.type !== "answer-end") continue;
      if (event.usage) this.spent.push(event.usage);
      return event.text;
    }
    return "";
  }
}
