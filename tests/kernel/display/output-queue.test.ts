import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CellOutputMessage, OUTPUT_STOPS, OutputQueue } from "../../../kernel/display/output-queue.ts";
import { OutputText } from "../../../kernel/display/output-text.ts";

let sent: CellOutputMessage[];
let queue: OutputQueue;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  queue = new OutputQueue((message) => sent.push(message));
});
afterEach(() => vi.useRealTimers());

const content = (text: string, id?: string) => ({
  data: { "text/plain": text },
  metadata: {},
  transient: id === undefined ? {} : { display_id: id },
});
const stream = (name: "stdout" | "stderr", text: string) => ({ type: "stream", name, text });

describe("what a cell prints", () => {
  test("is sent within a moment, as few messages in the order of printing", () => {
    queue.stream("stdout", "a");
    queue.stream("stdout", "b");
    queue.stream("stderr", "!");
    queue.stream("stdout", "c");
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(sent).toEqual([stream("stdout", "ab"), stream("stderr", "!"), stream("stdout", "c")]);
  });

  test("is at most a dozen rounds a second, however much it is", () => {
    for (let i = 0; i < 10_000; i++) {
      queue.stream("stdout", "x");
      vi.advanceTimersByTime(0.1);
    }
    queue.flush();
    expect(sent.length).toBeLessThanOrEqual(13);
    expect(sent.map((message) => ("text" in message ? message.text : "")).join("")).toHaveLength(10_000);
  });

  test("to both streams in turn stays few messages", () => {
    for (let i = 0; i < 1_000; i++) queue.stream(i % 2 ? "stderr" : "stdout", "x");
    queue.flush();
    expect(sent.length).toBeLessThanOrEqual(8);
  });

  test("without end stops, with a notice", () => {
    for (let i = 0; i < 50; i++) queue.stream("stdout", "x".repeat(2 ** 20));
    queue.flush();
    expect(sent.at(-1)).toEqual(stream("stderr", OUTPUT_STOPS));
    expect(sent).toHaveLength(2);
    queue.stream("stdout", "more");
    queue.display(content("more"));
    queue.flush();
    expect(sent).toHaveLength(2);
  });
});

describe("displays", () => {
  test("keep their place among the streams", () => {
    queue.stream("stdout", "before");
    queue.display(content("shown"));
    queue.stream("stdout", "after");
    queue.flush();
    expect(sent.map(({ type }) => type)).toEqual(["stream", "display_data", "stream"]);
  });

  test("are updated at most a dozen times a second; the last state arrives", () => {
    queue.display(content("0", "id"));
    for (let i = 1; i <= 1_000; i++) {
      queue.update(content(String(i), "id"));
      vi.advanceTimersByTime(1);
    }
    queue.flush();
    expect(sent.length).toBeLessThanOrEqual(14);
    expect(sent[0]?.type).toBe("display_data");
    expect(sent.at(-1)).toMatchObject({ type: "update_display_data", content: content("1000", "id") });
  });

  test("that are many go in parts, so that the kernel answers in between", () => {
    for (let i = 0; i < 150; i++) queue.display(content("x"));
    expect(sent).toHaveLength(100);
  });

  test("without end stop, with a notice", () => {
    for (let i = 0; i < 5_000; i++) queue.display(content("x"));
    queue.flush();
    expect(sent).toHaveLength(2_001);
    expect(sent.at(-1)).toEqual(stream("stderr", OUTPUT_STOPS));
  });
});

describe("updates", () => {
  const update = (megabytes: number, id: string) => queue.update(content("x".repeat(megabytes * 2 ** 20), id));
  const sentCharacters = () =>
    sent.reduce((sum, message) => sum + ("content" in message ? JSON.stringify(message.content).length : 0), 0);

  test("of 30 MB a thousand times a second reach the front ends as a few; the last state arrives", () => {
    const large = "x".repeat(30 * 2 ** 20);
    for (let i = 0; i < 5_000; i++) {
      queue.update(content(i + large, "id"));
      vi.advanceTimersByTime(1);
    }
    expect(sentCharacters()).toBeLessThan(50 * 2 ** 20);
    queue.flush();
    expect(sent.at(-1)).toMatchObject({ type: "update_display_data", content: content(4_999 + large, "id") });
  });

  test("that were held back come later by themselves", () => {
    for (const id of ["a", "b", "c"]) update(20, id);
    vi.advanceTimersByTime(200);
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(3);
  });

  test("of ever new displays stop, with a notice", () => {
    for (let i = 0; i < 1_000; i++) update(1, `id ${i}`);
    queue.flush();
    expect(sent.length).toBeLessThan(300);
    expect(sent).toContainEqual(stream("stderr", OUTPUT_STOPS));
  });

  test("and results over 32 MB are refused with a word", () => {
    update(33, "id");
    expect(queue.fits({ "text/plain": "x".repeat(300 * 2 ** 20) })).toBe(false);
    vi.advanceTimersByTime(200);
    const notice = (size: number) =>
      `[not shown: text/plain of ${size} MB, over the 32 MB that a cell shows; write it to a file, or show a part of it]\n`;
    const text = sent.map((message) => ("text" in message ? message.text : "another message")).join("");
    expect([notice(33) + notice(300), notice(300) + notice(33)]).toContain(text);
  });
});

test("an animation that clears and prints sends only what is seen", () => {
  for (let i = 0; i < 1_000; i++) {
    queue.clear(true);
    queue.stream("stdout", String(i));
  }
  queue.flush();
  expect(sent).toEqual([{ type: "clear_output", wait: true }, stream("stdout", "999")]);
});

test.each([
  ["waits for an output that does not come leaves what was printed last", true, ["999"]],
  ["does not wait leaves nothing", false, []],
])("a loop that prints and clears, where the clearing %s", (_, wait, left) => {
  for (let i = 0; i < 1_000; i++) {
    queue.stream("stdout", String(i));
    queue.clear(wait);
  }
  queue.flush();
  const last = [...left.map((text) => stream("stdout", text)), { type: "clear_output", wait }];
  expect(sent.slice(-last.length)).toEqual(last);
  expect(sent.length).toBeLessThan(5); // nothing else is seen
});

test("what the model is told of a cell is what stays of it", () => {
  const text = new OutputText();
  text.add("a");
  text.clear(true);
  expect(text.toString()).toBe("a");
  text.add("b");
  expect(text.toString()).toBe("b");
  text.clear(false);
  expect(text.toString()).toBe("");
});
