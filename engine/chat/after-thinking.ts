import type { TokenConstraint } from "../language-model.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { THINKING, type ThinkingStart } from "./thinking.ts";

/**
 * Lets the model think before the constraint holds its answer: within its thoughts a grammar would force the answer, and
 * without them a model that was trained to think answers badly.
 */
export function afterThinking(
  constraint: TokenConstraint,
  tokenizer: Tokenizer,
  start: ThinkingStart,
): TokenConstraint {
  const [open, close, gap] = [THINKING.open, THINKING.close, THINKING.gap].map((text) => tokenOf(tokenizer, text));
  if (start === "none" || open === undefined || close === undefined) return constraint;
  const anything = new Int32Array(Math.ceil(tokenizer.vocabSize / 32)).fill(-1);
  let state: ThinkingStart | "ended" = start;
  return {
    async mask() {
      if (state === "open") return anything;
      const mask = await constraint.mask();
      if (state === "possible") return withToken(mask, open);
      return state === "ended" && gap !== undefined ? withToken(mask, gap) : mask;
    },
    accept(token) {
      if (state === "open") {
        if (token === close) state = "ended";
        return;
      }
      const begins = state === "possible" && token === open;
      const isGap = state === "ended" && token === gap;
      state = begins ? "open" : "none";
      if (!begins && !isGap) constraint.accept(token);
    },
    dispose: () => constraint.dispose(),
  };
}

function tokenOf(tokenizer: Tokenizer, text: string): number | undefined {
  const tokens = tokenizer.encode(text, { special: true });
  return tokens.length === 1 ? tokens[0] : undefined;
}

function withToken(mask: Int32Array, token: number): Int32Array {
  const more = mask.slice();
  more[token >> 5]! |= 1 << (token & 31);
  return more;
}
