// What passes between cell-compiler.ts and the process that a compiler runs in. Both are ours: nothing generated runs there.
import type { NotebookStep } from "./compiler/notebook-names.ts";

/** Ours is on TypeScript 6; tslab's converter, on a fork of 5.0, is the one that tests hold it against. */
export type CompilerName = "own" | "tslab";

export type CompilerMethod =
  | "compile"
  | "check"
  | "complete"
  | "inspect"
  | "isComplete"
  | "withValueShown"
  | "declaredVariables"
  | "withoutNames"
  | "functionSchema"
  | "forgetPackages";

/** What the process calls, synchronously. */
export interface Compiler extends Record<CompilerMethod, (...args: never[]) => unknown> {
  warmUp(): void;
  /** Does a little of what a later request may need, some ten milliseconds. @returns whether there is more to do */
  readAhead?(): boolean;
  /** What another process must be told to know the same, since the last call. */
  takeRemembered(): readonly NotebookStep[];
}

/** The first message. */
export interface CompilerStart {
  readonly cwd: string;
  readonly name: CompilerName;
  readonly remembered: readonly NotebookStep[];
}

/** What the process answers to it. */
export const STARTED = "started";

export interface CompilerRequest {
  readonly id: number;
  readonly method: CompilerMethod;
  readonly args: readonly unknown[];
}

/** `remember`: what another process must be told to know the same. */
export type CompilerReply =
  | { readonly id: number; readonly value: unknown; readonly remember: readonly NotebookStep[] }
  | { readonly id: number; readonly error: string };
