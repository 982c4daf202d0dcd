// The end of a range, with the number itself or without it: "20 or more" is asked for, and the query takes what is over 20.

import type { Bound } from "../../languages/index.ts";
import type { Mended } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens } from "../../sessions/sql/sql-tokens.ts";
import { type AskedBound, askedBounds, BOUNDS } from "../sentences/said-bounds.ts";
import type { Rewrite } from "./rewrite.ts";

const TURNED: Readonly<Record<Bound, Bound>> = { ">=": "<=", ">": "<", "<=": ">=", "<": ">" };

export const bounds: Rewrite = (query, { question }) => {
  const asked = askedBounds(question);
  return asked.length === 0 ? undefined : withBounds(query, asked);
};

/** A column that is compared with the number, in the same direction, by the other of the two bounds. */
function withBounds(query: string, asked: readonly AskedBound[]): Mended | undefined {
  const tokens = sqlTokens(query);
  const words = solid(tokens);
  const changes = new Map<SqlToken, string>();
  const notes: string[] = [];
  for (const { number, bound } of asked) {
    for (const [i, token] of words.entries()) {
      if (token.kind !== "number" || Number(token.text) !== number) continue;
      const found = comparedBefore(words, i) ?? comparedBehind(words, i);
      if (!found || found.bound === bound || found.bound[0] !== bound[0]) continue;
      notes.push(`(the question asks for ${bound} ${number}, and the query took ${found.bound} ${number}: put right)`);
      const [first, ...rest] = found.signs;
      changes.set(first!, found.isTurned ? TURNED[bound] : bound);
      for (const sign of rest) changes.set(sign, "");
    }
  }
  if (notes.length === 0) return undefined;
  const mended = tokens.map((token) => ({ ...token, text: changes.get(token) ?? token.text }));
  return { query: sqlText(mended), note: [...new Set(notes)].join("\n") };
}

interface Compared {
  readonly bound: Bound;
  readonly signs: readonly SqlToken[];
  readonly isTurned: boolean; // 20 < delay
}

function comparedBefore(words: readonly SqlToken[], i: number): Compared | undefined {
  const signs = signsAt(words, i - 1, -1);
  const column = words[i - 1 - signs.length];
  const bound = boundOf(signs);
  return bound && column && (isName(column) || column.text === ")") ? { bound, signs, isTurned: false } : undefined;
}

function comparedBehind(words: readonly SqlToken[], i: number): Compared | undefined {
  const signs = signsAt(words, i + 1, 1);
  const column = words[i + 1 + signs.length];
  const bound = boundOf(signs);
  return bound && column && isName(column) ? { bound: TURNED[bound], signs, isTurned: true } : undefined;
}

/** "<", ">" and "=" from a place on, in the order in which they stand. */
function signsAt(words: readonly SqlToken[], start: number, step: 1 | -1): SqlToken[] {
  const signs: SqlToken[] = [];
  for (let at = start; /^[<>=]$/.test(words[at]?.text ?? ""); at += step) signs.push(words[at]!);
  return step === 1 ? signs : signs.reverse();
}

function boundOf(signs: readonly SqlToken[]): Bound | undefined {
  const text = sqlText(signs);
  return BOUNDS.find((bound) => bound === text);
}
