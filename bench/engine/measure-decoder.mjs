// What the processes of ONNX decoders have in common: rows by the clock around each token, as JSON on standard output.
import { PROMPTS, promptRow, promptTokens, READY_ROW, RESIDENT_ROW, TEXT, TEXT_ROW } from "./rows.mjs";

/**
 * @param {() => Promise<(prompt: number[], maxTokens: number, onToken: (id: number) => void) => Promise<void>>} open
 */
export async function measureDecoder(open) {
  const started = performance.now();
  const decode = await open();
  const figures = [[READY_ROW, secondsSince(started)]];
  await decode(promptTokens(PROMPTS[0], 1), 2, () => {}); // shaders are compiled by the first prompt and the first token

  for (const length of PROMPTS) {
    const maxTokens = length === PROMPTS[0] ? 1 + TEXT : 1;
    const times = [performance.now()];
    await decode(promptTokens(length, 2), maxTokens, () => times.push(performance.now()));
    const [start, first] = times.slice(-1 - maxTokens);
    figures.push([promptRow(length), (1000 * length) / (first - start)]);
    if (maxTokens > 1) figures.push([TEXT_ROW, (1000 * TEXT) / (times.at(-1) - first)]);
  }
  figures.push([RESIDENT_ROW, process.memoryUsage.rss() / 1e9]);
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0)); // onnxruntime's threads would keep it
}

const secondsSince = (start) => (performance.now() - start) / 1000;
