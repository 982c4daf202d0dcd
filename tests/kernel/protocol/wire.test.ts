import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { JupyterMessage } from "../../../kernel/protocol/messages.ts";
import { BadMessageError, createWire } from "../../../kernel/protocol/wire.ts";

const MESSAGE: JupyterMessage = {
  identities: [Buffer.from("front end"), Buffer.from([0, 255])],
  header: { msg_id: "1", msg_type: "execute_request", session: "s", username: "u", date: "d", version: "5.5" },
  parentHeader: {},
  metadata: { cellId: "c" },
  content: { code: "'😀'" },
  buffers: [Buffer.from([1, 2, 3])],
};
const wire = createWire("secret");

describe("a message", () => {
  test("comes out as it went in", () => {
    expect(wire.decode(wire.encode(MESSAGE))).toEqual(MESSAGE);
  });

  test("is signed as the protocol says: HMAC-SHA256 of four frames, in hexadecimal", () => {
    const [, , delimiter, signature, ...rest] = wire.encode(MESSAGE);
    const hmac = createHmac("sha256", "secret");
    for (const frame of rest.slice(0, 4)) hmac.update(frame);
    expect(String(delimiter)).toBe("<IDS|MSG>");
    expect(String(signature)).toBe(hmac.digest("hex"));
  });

  test("is not signed where the key is empty", () => {
    const unsigned = createWire("");
    expect(unsigned.encode(MESSAGE)[3]).toHaveLength(0);
    expect(unsigned.decode(unsigned.encode(MESSAGE))).toEqual(MESSAGE);
  });
});

test("a message over the limit is not read, and keeps what it takes to answer it", () => {
  const sent = { ...MESSAGE, buffers: [Buffer.alloc(2 * 2 ** 20)] };
  const refused = "a message of 3 MB: the kernel takes 1 MB at most; put the data in a file and read that";
  const unread = { content: {}, metadata: {}, buffers: [], refused };
  expect(createWire("secret", 2 ** 20).decode(wire.encode(sent))).toEqual({ ...sent, ...unread });
  const forged = createWire("another").encode(sent);
  expect(() => createWire("secret", 2 ** 20).decode(forged)).toThrow(new BadMessageError("wrong signature"));
});

describe("refused is", () => {
  const changed = (index: number, text: string) => wire.encode(MESSAGE).with(index, Buffer.from(text));
  test.each([
    ["a changed content", changed(7, '{"code":"process.exit()"}'), "wrong signature"],
    ["a changed header", changed(4, '{"msg_id":"2","msg_type":"execute_request"}'), "wrong signature"],
    ["a shorter signature", changed(3, "ab"), "wrong signature"],
    ["no signature", changed(3, ""), "wrong signature"],
    ["another key's signature", createWire("other").encode(MESSAGE), "wrong signature"],
    ["no frames", [], "no delimiter"],
    ["garbage", [Buffer.from("\u0000garbage")], "no delimiter"],
    ["too few frames", wire.encode(MESSAGE).slice(0, 6), "too few frames"],
  ])("%s", (_name, frames, message) => {
    expect(() => wire.decode(frames)).toThrow(new BadMessageError(message));
  });

  test.each([
    ["a frame that is not JSON", ["{", "{}", "{}", "{}"], "a frame is not JSON"],
    ["a frame that is no object", ["{}", "{}", "{}", "[1]"], "a frame is not a JSON object"],
    ["a header without its fields", ['{"msg_id":1}', "{}", "{}", "{}"], "a header without msg_id or msg_type"],
  ])("%s, though well signed", (_name, texts, message) => {
    const frames = texts.map((text) => Buffer.from(text));
    const signature = createHmac("sha256", "secret").update(texts.join("")).digest("hex");
    const signed = [Buffer.from("<IDS|MSG>"), Buffer.from(signature), ...frames];
    expect(() => wire.decode(signed)).toThrow(new BadMessageError(message));
  });
});
