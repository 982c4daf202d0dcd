import type { ToolCall } from "../../chat-model.ts";
import type { CallOutcome } from "../run-call.ts";
import type { Task } from "../task.ts";
import { absentTables } from "./absent-tables.ts";
import { deniedColumns } from "./denied-columns.ts";
import { echoes } from "./echoes.ts";
import { endless } from "./endless.ts";
import { falseDenials } from "./false-denials.ts";
import { forms } from "./forms.ts";
import { formulas } from "./formulas.ts";
import { groups } from "./groups.ts";
import type { AnswerObjection, CallObjection, Ending, Guard, NextRequest } from "./guard.ts";
import { lacking } from "./lacking.ts";
import { leftOut } from "./left-out.ts";
import { looks } from "./looks.ts";
import { lostRows } from "./lost-rows.ts";
import { marks } from "./marks.ts";
import { maybeCounts } from "./maybe-counts.ts";
import { means } from "./means.ts";
import { namedFiles } from "./named-files.ts";
import { nothingNew } from "./nothing-new.ts";
import { numberless } from "./numberless.ts";
import { numbersFromNowhere } from "./numbers-from-nowhere.ts";
import { onlyCode } from "./only-code.ts";
import { otherKinds } from "./other-kinds.ts";
import { otherMeanings } from "./other-meanings.ts";
import { otherRoles } from "./other-roles.ts";
import { renamedColumns } from "./renamed-columns.ts";
import { repairs } from "./repairs.ts";
import { repeatedRows } from "./repeated-rows.ts";
import { repeats } from "./repeats.ts";
import { shares } from "./shares.ts";
import { standIns } from "./stand-ins.ts";
import { ties } from "./ties.ts";
import { toldResults } from "./told-results.ts";
import { toldStatistics } from "./told-statistics.ts";
import { unaggregated } from "./unaggregated.ts";
import { unaskedDifferences } from "./unasked-differences.ts";
import { unaskedFilters } from "./unasked-filters.ts";
import { unaskedNumbers } from "./unasked-numbers.ts";
import { unaskedYears } from "./unasked-years.ts";
import { unmetConditions } from "./unmet-conditions.ts";
import { unreadableFiles } from "./unreadable-files.ts";
import { unrun } from "./unrun.ts";
import { unshownKeys } from "./unshown-keys.ts";
import { unusedTimes } from "./unused-times.ts";
import { whichTable } from "./which-table.ts";
import { whichWithoutName } from "./which-without-name.ts";
import { writings } from "./writings.ts";
import { wrongEnd } from "./wrong-end.ts";
import { wrongLanguage } from "./wrong-language.ts";
import { zeros } from "./zeros.ts";

/** In the order in which they are heard. */
const GUARDS: readonly ((task: Task) => Guard)[] = [
  repeats,
  echoes,
  endless,
  looks,
  otherMeanings, // before those that hold the result against the question
  deniedColumns,
  unreadableFiles,
  absentTables,
  repairs,
  numberless,
  falseDenials,
  lacking,
  unrun,
  formulas,
  whichTable, // before what is held against that table
  unmetConditions,
  unusedTimes, // before left-out.ts: it knows the condition for the year, too
  leftOut,
  namedFiles,
  unaskedFilters,
  unaskedNumbers,
  unaskedYears,
  unaggregated,
  wrongEnd,
  shares,
  groups,
  unshownKeys,
  nothingNew,
  means,
  whichWithoutName,
  ties,
  otherKinds,
  otherRoles,
  maybeCounts,
  repeatedRows,
  lostRows,
  unaskedDifferences,
  standIns,
  zeros,
  onlyCode,
  wrongLanguage,
  marks,
  forms,
  toldResults,
  toldStatistics,
  numbersFromNowhere,
  renamedColumns,
  writings,
];

/** What is left of an outcome once all guards have seen it. */
export interface Heard {
  readonly outcome: CallOutcome;
  readonly next: NextRequest;
  readonly end?: Ending;
}

/** All guards of a task, as one. */
export class Guards {
  readonly #guards: readonly Guard[];
  readonly #asked = new Map<Guard, number>(); // how often each has had the model answer again

  constructor(task: Task) {
    this.#guards = GUARDS.map((guard) => guard(task));
  }

  /** The first objection. */
  async before(call: ToolCall): Promise<CallObjection | undefined> {
    for (const guard of this.#guards) {
      const objection = await guard.before?.(call);
      if (objection) return objection;
    }
    return undefined;
  }

  /** Each guard sees the outcome as those before it left it. */
  async after(call: ToolCall, outcome: CallOutcome): Promise<Heard> {
    let seen = outcome;
    let request: NextRequest = {};
    for (const guard of this.#guards) {
      const { instead, next, end } = (await guard.after?.(call, seen)) ?? {};
      seen = instead ?? seen;
      request = { ...request, ...next };
      if (end) return { outcome: seen, next: request, end };
    }
    return { outcome: seen, next: request };
  }

  /**
   * The first thing to say to the model, if it may be asked again; else what the user is told, with all doubts, up to
   * the first guard that ends the task without an answer.
   */
  async atAnswer(text: string, mayAsk: boolean): Promise<AnswerObjection & { readonly answer: string }> {
    let answer = text;
    const doubts: string[] = [];
    for (const guard of this.#guards) {
      const { say, next, ...told } = (await guard.atAnswer?.(answer)) ?? {};
      const asked = this.#asked.get(guard) ?? 0;
      if (mayAsk && say !== undefined && asked < (guard.asks ?? 1)) {
        this.#asked.set(guard, asked + 1);
        return { say, answer, ...(next && { next }) };
      }
      answer = told.answer ?? answer;
      if (told.reason) return { answer, reason: told.reason };
      doubts.push(...(told.doubts ?? []));
    }
    return { answer, ...(doubts.length > 0 && { doubts: [...new Set(doubts)] }) };
  }
}
