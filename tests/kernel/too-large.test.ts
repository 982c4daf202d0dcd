// A message of a Python kernel that no notebook can hold: what stands for it is made from its headers alone.
import { expect, test } from "vitest";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { createWire } from "../../kernel/protocol/wire.ts";
import { tooLarge } from "../../kernel/too-large.ts";

const LIMIT = 64 * 2 ** 20;
const header = (type: string, id: string) => ({
  ...{ msg_id: id, msg_type: type, session: "s", username: "u", date: "2026-01-01T00:00:00Z", version: "5.5" },
});

/** Frames of a message whose content has this many bytes, and is no JSON: whoever reads it fails. */
function frames(type: string, bytes: number, identities: readonly string[] = []): Buffer[] {
  const parts = [header(type, "own"), header("execute_request", "asked"), {}].map((part) => JSON.stringify(part));
  return [...identities, "<IDS|MSG>", "signature", ...parts]
    .map((part) => Buffer.from(part))
    .concat(Buffer.alloc(bytes));
}

test.each(["execute_result", "display_data", "update_display_data", "stream", "comm_msg"])(
  "%s becomes a word on standard error, of the same cell",
  (type) => {
    expect(tooLarge(frames(type, LIMIT + 1, ["kernel.x.stream"]))).toMatchObject({
      header: { msg_type: "stream", msg_id: "own" },
      parentHeader: { msg_id: "asked" },
      content: {
        name: "stderr",
        text: `[not shown: ${type} of 65 MB, over 64 MB; write it to a file, or show a part of it]\n`,
      },
    });
  },
);

test.each(["error", "execute_reply", "complete_reply"])(
  "%s keeps its type, so that nobody waits for it in vain",
  (type) => {
    expect(tooLarge(frames(type, LIMIT + 1))).toMatchObject({
      header: { msg_type: type },
      parentHeader: { msg_id: "asked" },
      content: { status: "error", ename: "TooLarge", evalue: expect.stringMatching(new RegExp(`^${type} of 65 MB`)) },
    });
  },
);

test("so does one of more values than memory has room for", () => {
  const many = [...frames("stream", 0).slice(0, -1), Buffer.from(`[${"[],".repeat(8_000_000)}[]]`)];
  expect(tooLarge(many)?.content.text).toMatch(/^\[not shown: stream of more than 8000000 values;/);
});

test("what is not over the limit is left to be read, whatever its other frames hold", () => {
  expect(tooLarge(frames("stream", LIMIT))).toBeUndefined();
  const small: JupyterMessage = {
    identities: [Buffer.alloc(LIMIT + 1)],
    header: header("stream", "own"),
    parentHeader: {},
    metadata: {},
    content: { name: "stdout", text: "x" },
    buffers: [Buffer.alloc(LIMIT + 1)],
  };
  expect(tooLarge(createWire("key").encode(small))).toBeUndefined();
  expect(tooLarge(Array<Buffer>(6).fill(Buffer.alloc(LIMIT + 1)))).toBeUndefined(); // no delimiter: no message
});
