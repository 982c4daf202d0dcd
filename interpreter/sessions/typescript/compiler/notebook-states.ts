// The states of a notebook by their keys: the session holds a key, and asks with it.
import { applyStep, EMPTY_NOTEBOOK, type NotebookState, type NotebookStep } from "./notebook-names.ts";

const MAX_READY = 8; // the session's own state, and those of what is compiled beside it; others are made again

export interface NotebookStates {
  at(key: string): NotebookState; // "" is the empty notebook
  nextIndex(): number;
  add(step: NotebookStep): NotebookStep;
  /** A state without some names, which are again what they were. @returns its key */
  restore(key: string, before: string, names: readonly string[]): string;
  files(): NotebookStep["files"];
  /** The steps since the last call: with all of them another process knows the same. */
  takeNew(): readonly NotebookStep[];
}

export function createNotebookStates(remembered: readonly NotebookStep[]): NotebookStates {
  const steps = new Map(remembered.map((step) => [step.key, step]));
  const ready = new Map<string, NotebookState>(); // the longest unused first
  let index = Math.max(0, ...remembered.map(({ key }) => Number(key)));
  let fresh: NotebookStep[] = [];

  function at(key: string): NotebookState {
    const missing: NotebookStep[] = [];
    let known = ready.get(key);
    for (let at = key; at !== "" && known === undefined; ) {
      const step = steps.get(at);
      if (step === undefined) throw new Error(`no state ${at} of the notebook`);
      missing.push(step);
      at = step.before;
      known = ready.get(at);
    }
    const state = missing.reduceRight(applyStep, known ?? EMPTY_NOTEBOOK);
    if (key !== "") {
      ready.delete(key);
      ready.set(key, state);
    }
    const [oldest] = ready.keys();
    if (ready.size > MAX_READY && oldest !== undefined) ready.delete(oldest);
    return state;
  }

  function add(step: NotebookStep): NotebookStep {
    steps.set(step.key, step);
    fresh.push(step);
    at(step.key);
    return step;
  }

  return {
    at,
    nextIndex: () => ++index,
    add,
    restore(key, before, names) {
      const old = at(before).names;
      const restored = names.flatMap((name) => {
        const entry = old.get(name);
        return entry === undefined ? [] : [[name, entry] as const];
      });
      const nothing = { files: [], roots: [], dropped: [] };
      return add({ key: String(++index), before: key, names: restored, removed: names, ...nothing }).key;
    },
    files: () => [...steps.values()].flatMap(({ files }) => files),
    takeNew() {
      const taken = fresh;
      fresh = [];
      return taken;
    },
  };
}
