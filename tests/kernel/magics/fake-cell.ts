import type { MimeBundle } from "../../../interpreter/index.ts";
import type { CellOutput } from "../../../kernel/cells/cell.ts";

export interface FakeCell extends CellOutput {
  readonly controller: AbortController;
  readonly shown: MimeBundle[]; // each display in its last state
  readonly questions: string[];
  readonly nextInputs: string[];
  readonly text: () => string; // of both streams
  readonly markdown: () => string; // of all displays, in order
}

/** A cell that keeps what it is given; `answers` are the user's, then nobody answers. */
export function fakeCell(answers: readonly string[] = []): FakeCell {
  const controller = new AbortController();
  const replies = [...answers];
  const displays = new Map<string, MimeBundle>();
  const shown: MimeBundle[] = [];
  const questions: string[] = [];
  const nextInputs: string[] = [];
  let text = "";
  return {
    cellId: "cell-1",
    controller,
    signal: controller.signal,
    shown,
    questions,
    nextInputs,
    text: () => text,
    markdown: () => shown.map((data) => String(data["text/markdown"] ?? "")).join("\n"),
    stream(_name, added) {
      text += added;
    },
    display(data, options) {
      if (options?.displayId !== undefined) displays.set(options.displayId, data);
      shown.push(data);
    },
    updateDisplay(displayId, data) {
      const before = displays.get(displayId);
      if (!before) throw new Error(`no display ${displayId}`);
      shown[shown.indexOf(before)] = data;
      displays.set(displayId, data);
    },
    clear() {},
    async input(prompt) {
      questions.push(prompt);
      return replies.shift();
    },
    setNextInput(code) {
      nextInputs.push(code);
    },
  };
}
