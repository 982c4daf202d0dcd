import { parseCell } from "../cells/parse-cell.ts";
import { signed } from "./find-magic.ts";
import type { Magic } from "./magic.ts";

/** Whether a cell is part of what the notebook computes, so that the model is told of it: not talk, not set-up. */
export function isWork(source: string, magics: readonly Magic[]): boolean {
  const cell = parseCell(source);
  if (cell.kind === "code") return cell.code.trim() !== "";
  if (cell.kind === "question") return false;
  const called = signed(cell.magic);
  return !magics.some((magic) => signed(magic) === called && magic.isTalk);
}
