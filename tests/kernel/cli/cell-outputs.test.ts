import { expect, test } from "vitest";
import type { KernelMessage } from "../../../interpreter/index.ts";
import { OutputCollector } from "../../../kernel/cli/cell-outputs.ts";

const message = (type: string, content: Record<string, unknown>): KernelMessage => ({ type, content });
const stream = (name: string, text: string) => message("stream", { name, text });
const display = (text: string, display_id?: string) =>
  message("display_data", {
    data: { "text/plain": text },
    metadata: {},
    ...(display_id && { transient: { display_id } }),
  });
const update = (text: string, display_id: string) =>
  message("update_display_data", { data: { "text/plain": text }, metadata: {}, transient: { display_id } });

test("text of one stream in a row is one output", () => {
  const collector = new OutputCollector();
  const outputs = collector.beginCell();
  for (const [name, text] of [
    ["stdout", "a"],
    ["stdout", "b"],
    ["stderr", "c"],
    ["stdout", "d"],
  ] as const) {
    collector.add(stream(name, text));
  }
  expect(outputs.map(({ name, text }) => [name, text])).toEqual([
    ["stdout", "ab"],
    ["stderr", "c"],
    ["stdout", "d"],
  ]);
});

test("an update reaches its display in an earlier cell", () => {
  const collector = new OutputCollector();
  const first = collector.beginCell();
  collector.add(display("old", "id"));
  collector.beginCell();
  collector.add(update("new", "id"));
  collector.add(update("of nobody", "unknown"));
  expect(first).toMatchObject([{ output_type: "display_data", data: { "text/plain": "new" } }]);
  expect(first[0]).not.toHaveProperty("transient");
});

test("clear_output clears at once, or with the next output", () => {
  const collector = new OutputCollector();
  const outputs = collector.beginCell();
  collector.add(stream("stdout", "1"));
  collector.add(message("clear_output", { wait: true }));
  expect(outputs).toHaveLength(1);
  collector.add(stream("stdout", "2"));
  expect(outputs).toMatchObject([{ text: "2" }]);
  collector.add(message("clear_output", { wait: false }));
  expect(outputs).toEqual([]);
});

test("an update of a display that was cleared changes nothing", () => {
  const collector = new OutputCollector();
  const outputs = collector.beginCell();
  collector.add(display("old", "id"));
  collector.add(message("clear_output", { wait: false }));
  collector.add(display("another"));
  collector.add(update("new", "id"));
  expect(outputs).toMatchObject([{ data: { "text/plain": "another" } }]);
});
