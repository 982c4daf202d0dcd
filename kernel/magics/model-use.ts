import type { ChatUsage } from "../../interpreter/index.ts";
import type { CellOutput } from "./magic.ts";
import type { NotebookState } from "./services.ts";

/** The same cell gives the same text. */
export const REPEATABLE = { temperature: 0, seed: 0 } as const;

const SMALLEST = /(^|[^\d.])0\.5b/i;

/** Said once in a notebook: a user who does not know takes the numbers for granted. */
export function noteSmallModel(model: string, { notes }: NotebookState, output: CellOutput): void {
  if (!SMALLEST.test(model) || notes.has(model)) return;
  notes.add(model);
  output.stream("stdout", `${model} is small and makes mistakes: check its answers, and the code that it shows.\n`);
}

/** Runs a request, and adds its tokens and its time to the notebook's, also when it fails. */
export async function countUsage(
  { usage }: NotebookState,
  request: () => Promise<ChatUsage | undefined>,
): Promise<void> {
  const started = performance.now();
  usage.requests++;
  try {
    const spent = await request();
    usage.promptTokens += spent?.promptTokens ?? 0;
    usage.cachedTokens += spent?.cachedTokens ?? 0;
    usage.completionTokens += spent?.completionTokens ?? 0;
  } finally {
    usage.seconds += (performance.now() - started) / 1000;
  }
}
