// A session for what the model wrote: its own process, confined, with copies of the variables that the code reads. It
// lives as long as the task does, so that one step can use what another declared.
import { InterpreterError } from "../../errors.ts";
import type { CellOutcome, SessionEvent, SessionValue, TypeScriptSession } from "../session.ts";
import { literal } from "../typescript/source-text.ts";
import { startTypeScriptSession } from "../typescript/typescript-session.ts";
import { openConfinement } from "./confinement.ts";
import { type SelfTest, testConfinement, testThoroughly } from "./self-test.ts";

const TIME_LIMIT_MS = 60_000; // of one cell

export interface ConfinedCells extends AsyncDisposable {
  /** Whether it holds on this machine; asked once. `thorough`: with what takes seconds, and gigabytes of memory. */
  selfTest(how?: { readonly thorough: boolean }): Promise<SelfTest>;
  /** Whether the code can run there: it holds, and what the code reads of the session can be copied. */
  canRun(code: string, session: TypeScriptSession): Promise<boolean>;
  /** @throws InterpreterError where canRun() is false */
  run(
    code: string,
    session: TypeScriptSession,
    options: { cellId: string; signal?: AbortSignal | undefined },
  ): Promise<CellOutcome>;
  /** Ends what runs there, and what was left running: the next cell begins without the variables of these. */
  end(): Promise<void>;
}

export function createConfinedCells({
  cwd,
  snapshotFolder,
  onEvent,
}: {
  cwd: string;
  snapshotFolder?: string | undefined;
  onEvent: (event: SessionEvent) => void;
}): ConfinedCells {
  let tested: Promise<SelfTest> | undefined;
  let running: Promise<TypeScriptSession> | undefined;
  let declared = new Set<string>(); // by cells that ran there, or brought

  const selfTest = (how = { thorough: false }) => {
    if (how.thorough) tested = testThoroughly();
    tested ??= testConfinement();
    return tested;
  };

  const start = () => {
    running ??= startTypeScriptSession({
      ...{ cwd, snapshotFolder },
      heapMegabytes: 1024,
      confine: () => openConfinement(cwd),
      onEvent(event) {
        if (event.type === "session-ended") declared = new Set();
        else if (event.type === "model-request") event.answer({ error: "confined code does not reach the model" });
        else onEvent(event);
      },
    });
    return running;
  };

  /** What the code reads of the user's variables. */
  async function needed(code: string, session: TypeScriptSession): Promise<readonly SessionValue[]> {
    const words = new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu) ?? []);
    const names = (await session.variables()).map(({ name }) => name);
    return session.values(names.filter((name) => words.has(name) && !declared.has(name)));
  }

  async function end(): Promise<void> {
    const old = running;
    running = undefined;
    declared = new Set();
    await (await old?.catch(() => undefined))?.[Symbol.asyncDispose](); // one that did not start has told so
  }

  return {
    selfTest,
    async canRun(code, session) {
      if (!(await selfTest()).holds) return false;
      return (await needed(code, session)).every(({ error }) => error === undefined);
    },
    async run(code, session, { cellId, signal }) {
      const values = await needed(code, session);
      const uncopied = values.find(({ error }) => error !== undefined);
      const { holds, problem } = await selfTest();
      if (uncopied || !holds) {
        const why = uncopied ? `${uncopied.name} cannot be copied (${uncopied.error})` : problem;
        throw new InterpreterError(`this cannot run confined: ${why}`);
      }
      const confined = await start();
      if (values.length > 0) {
        const brought = await confined.execute(prelude(values), { cellId, byModel: true });
        if (brought.status === "error") return brought;
      }
      const stop = () => confined.interrupt();
      signal?.addEventListener("abort", stop, { once: true });
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        stop();
      }, TIME_LIMIT_MS);
      try {
        const about = { cellId, byModel: true, isUnchecked: true }; // it was checked where its variables have types
        const outcome = await confined.execute(code, about);
        for (const { name } of await confined.variables().catch(() => [])) declared.add(name);
        if (!late) return outcome;
        const evalue = `took longer than ${TIME_LIMIT_MS / 1000} s`;
        return { status: "error", error: { ename: "TimeLimit", evalue, traceback: [`TimeLimit: ${evalue}`] } };
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      }
    },
    end,
    [Symbol.asyncDispose]: end,
  };
}

function prelude(values: readonly SessionValue[]): string {
  const lines = values.map(({ name, json, dates = [] }) => {
    const value = `JSON.parse(${literal(JSON.stringify(json))})`;
    const revived = dates.map(
      (column) => `r[${literal(column)}] = r[${literal(column)}] === null ? null : new Date(r[${literal(column)}]);`,
    );
    return `let ${name}: any = ${value};${dates.length > 0 ? ` for (const r of ${name}) { ${revived.join(" ")} }` : ""}`;
  });
  return lines.join("\n");
}
