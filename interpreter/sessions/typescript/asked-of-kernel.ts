// What the child asks of the kernel: a line of input, the model, how a data file is read. A child that asks without end,
// or takes none of the answers, would fill the kernel's memory: it has to end.
import type { SessionEvent } from "../session.ts";
import type { DescribedFile } from "../sql/reader/messages.ts";
import type { FromChild } from "./from-child.ts";
import type { WaitedAnswer } from "./messages.ts";
import type { SessionProcesses } from "./session-processes.ts";

const MAX_OPEN_BYTES = 256 * 2 ** 20; // of what was asked, until the child has taken the answer
const LEAST_BYTES = 1_000; // that whatever is asked takes in this process
const MAX_ANSWER_BYTES = 64 * 2 ** 20; // on their way
const MAX_FILES = 1_000; // asked for at once: the folder is looked through for each

type Asked = Extract<FromChild, { type: "input-request" | "model-request" | "file-request" }>;

export interface AskedOfKernel {
  /** Has it answered: by `describeFile`, or by whoever gets the event. */
  take(asked: Asked, bytes: number): void;
  /** A child that stands still until there is input goes on without. */
  interruptInput(): void;
}

export function createAskedOfKernel(options: {
  readonly processes: SessionProcesses;
  readonly describeFile: (name: string) => Promise<DescribedFile>;
  readonly onEvent: (event: SessionEvent) => void;
  readonly onWrong: (why: string) => void;
}): AskedOfKernel {
  const { processes, describeFile, onEvent, onWrong } = options;
  let openBytes = 0;
  let answerBytes = 0;
  let openFiles = 0;
  let latestFile: Promise<unknown> = Promise.resolve(); // each after the other: at once, they would take all descriptors
  let isOver = false;
  void processes.ended.then(() => {
    isOver = true;
  });
  let answerWaiting: ((answer: WaitedAnswer) => void) | undefined; // to the child that stands still

  /** @returns what sends the answer; a second one, after an interrupt, goes nowhere */
  function answering<Answer>(bytes: number, send: (answer: Answer, onTaken: () => void) => number) {
    const size = LEAST_BYTES + bytes;
    let isAnswered = false;
    openBytes += size;
    if (openBytes > MAX_OPEN_BYTES)
      onWrong(`it asked for more than ${MAX_OPEN_BYTES / 2 ** 20} MB of questions at once`);
    return (answer: Answer) => {
      if (isAnswered) return;
      const sent = send(answer, () => {
        openBytes -= size;
        answerBytes -= sent;
      });
      isAnswered = true;
      answerBytes += sent;
      if (answerBytes > MAX_ANSWER_BYTES) onWrong("it took none of the answers that it asked for");
    };
  }

  function input(asked: Extract<Asked, { type: "input-request" }>, bytes: number): void {
    const { type, cellId, id, prompt, password, waits } = asked;
    const answer = answering<WaitedAnswer>(
      bytes,
      waits
        ? processes.tellWaiting
        : (given, onTaken) => processes.tell({ type: "input-answer", id, ...given }, onTaken),
    );
    if (waits) answerWaiting = answer;
    onEvent({
      ...{ type, cellId, prompt, password },
      answer: (value, why) => answer({ ...(value !== undefined && { value }), ...(why !== undefined && { why }) }),
    });
  }

  function file({ id, name }: Extract<Asked, { type: "file-request" }>, bytes: number): void {
    const answer = answering(bytes, (given: object, onTaken) =>
      processes.tell({ type: "file-answer", id, ...given }, onTaken),
    );
    if (++openFiles > MAX_FILES) onWrong(`it asked for more than ${MAX_FILES} files at once`);
    latestFile = latestFile.then(async () => {
      if (isOver) return;
      await describeFile(name)
        .then((found) => answer({ file: found }))
        .catch((error: Error) => answer({ error: error.message })); // also of a description that is too large to be sent
      openFiles--;
    });
  }

  return {
    take(asked, bytes) {
      if (asked.type === "input-request") return input(asked, bytes);
      if (asked.type === "model-request") {
        const { id, ...event } = asked;
        const answer = answering(bytes, (given: object, onTaken) =>
          processes.tell({ type: "model-answer", id, ...given }, onTaken),
        );
        return onEvent({ ...event, answer });
      }
      file(asked, bytes);
    },
    interruptInput() {
      answerWaiting?.({ interrupted: true });
    },
  };
}
