import { expect, test } from "vitest";
import { CellDisplay } from "../../../kernel/display/cell-display.ts";
import { CellDisplays } from "../../../kernel/display/cell-displays.ts";

interface Published {
  readonly cellId: string;
  readonly type: string;
  readonly content: object;
}

function cell(cellId: string, published: Published[]): CellDisplay {
  return new CellDisplay({
    cellId,
    publish: (type, content) => published.push({ cellId, type, content }),
    ask: async (prompt) => `to ${prompt}`,
  });
}

const print = (cellId: string, text: string) => ({ type: "stream", cellId, name: "stdout", text }) as const;

test("what an ended cell prints is still its own", () => {
  const published: Published[] = [];
  const displays = new CellDisplays();
  const [first, second] = [cell("one", published), cell("two", published)];
  displays.add(first);
  first.end();
  displays.add(second);
  displays.route(print("one", "late"));
  displays.route(print("two", "now"));
  first.end();
  second.end();
  expect(published.map(({ cellId }) => cellId)).toEqual(["one", "two"]);
});

test("what a forgotten cell prints counts for the latest", () => {
  const published: Published[] = [];
  const displays = new CellDisplays();
  for (let i = 0; i <= 1_000; i++) displays.add(cell(`cell ${i}`, published));
  const latest = cell("latest", published);
  displays.add(latest);
  displays.route(print("cell 0", "very late"));
  latest.end();
  expect(published).toMatchObject([{ cellId: "latest" }]);
});

test("a cell that has ended, or may not ask, gets no answer", async () => {
  const display = cell("one", []);
  expect(await display.input("?")).toBe("to ?");
  display.end();
  expect(await display.input("?")).toBeUndefined();
  const silent = new CellDisplay({ cellId: "two", publish() {}, ask: undefined });
  expect(await silent.input("?")).toBeUndefined();
});

test("the record of a cell shows displays in their last state, cut to 2,000 characters", () => {
  const display = cell("one", []);
  display.stream("stdout", "a\n");
  display.display({ "text/plain": "thinking" }, { displayId: "id" });
  display.result({ "text/html": "<b>", "text/plain": "42" }, {}, 1);
  display.updateDisplay("id", { "text/plain": "answer" });
  display.error({ ename: "E", evalue: "v", traceback: [] });
  expect(display.outputText).toBe("a\nanswer\n42\nE: v\n");
  display.stream("stdout", "x".repeat(5_000));
  display.end();
  expect(display.outputText).toHaveLength(2_000);
});

test("the end of a session is told once", () => {
  const displays = new CellDisplays();
  displays.route({ type: "session-ended", cellId: "one", reason: "exit code 3" });
  expect(displays.takeSessionEnd()).toBe("exit code 3");
  expect(displays.takeSessionEnd()).toBeUndefined();
});
