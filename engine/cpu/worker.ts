// A thread of the CPU target: waits for a command, does its part of it with the others, and says that it is through.
import { workerData } from "node:worker_threads";
import { instantiateKernels } from "./kernels.ts";
import { packFileRows } from "./packing.ts";
import { COMMAND, TASK, type ThreadData } from "./threads.ts";

const { kernels: compiled, memories, thread, threads, command, barriers } = workerData as ThreadData;
const kernels = memories.map((memory) => instantiateKernels(compiled, memory, thread));
const words = new Int32Array(memories[0]!.buffer, command, Object.keys(COMMAND).length);

for (let seen = 0; ; ) {
  Atomics.wait(words, COMMAND.generation, seen);
  const generation = Atomics.load(words, COMMAND.generation);
  if (generation === seen) continue;
  seen = generation;
  const place = words[COMMAND.memory]!;
  if (words[COMMAND.task] === TASK.pack) packWhatIsLeft(place);
  else run(place);
  if (Atomics.add(words, COMMAND.done, 1) + 1 === threads) Atomics.notify(words, COMMAND.done);
}

function run(place: number): void {
  const [count, tokens] = [words[COMMAND.count]!, words[COMMAND.tokens]!];
  kernels[place]!.run(address(COMMAND.at), count, tokens, barriers[place]!, threads, thread);
}

function packWhatIsLeft(place: number): void {
  const list = address(COMMAND.at);
  const staged = address(COMMAND.staged) + thread * words[COMMAND.stagedBytes]!;
  for (let index = taken(); index < words[COMMAND.count]!; index = taken()) {
    try {
      packFileRows(kernels[place]!, memories[place]!, { list, index, staged });
    } catch {
      Atomics.compareExchange(words, COMMAND.failed, -1, index); // the engine's thread finds out why
    }
  }
}

function taken(): number {
  return Atomics.add(words, COMMAND.next, 1);
}

/** Addresses past 2 GiB are negative as words. */
function address(word: number): number {
  return words[word]! >>> 0;
}
