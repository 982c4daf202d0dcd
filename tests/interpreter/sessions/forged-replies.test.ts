// The process that reads the folder's files may be taken over by one of them, and then write anything to the kernel's
// pipe: the kernel goes on, the process ends, and the query says why.
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { createReaderProcess, ReaderEndedError } from "../../../interpreter/sessions/sql/reader/reader-process.ts";

const started = vi.hoisted(() => ({ script: "" })); // what runs in the place of the process that reads

vi.mock(import("../../../interpreter/sessions/sql/reader/reader-command.ts"), () => ({
  bubblewrap: () => undefined,
  readerCommand: () => ({ program: process.execPath, args: ["-e", started.script], env: {} }),
}));

/** Says that it is ready, and `answer`, an expression for bytes, to what comes after its start. */
const processThat = (answer: string) => `
const pipe = new (require("node:net").Socket)({ fd: 3 });
const frame = (json) => {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(Buffer.byteLength(json));
  return Buffer.concat([header, Buffer.from(json)]);
};
pipe.write(frame('{"type":"ready"}'));
pipe.on("close", () => process.exit());
let seen = Buffer.alloc(0);
pipe.on("data", (chunk) => {
  seen = Buffer.concat([seen, chunk]);
  const id = /"type":"request","id":(\\d+)/.exec(seen)?.[1];
  if (id !== undefined) pipe.write(${answer});
});`;

const QUERY = {
  query: "SELECT 1 AS a",
  maxRows: 1,
  named: { fileNames: [], views: [], arrays: [], leftOut: [] },
};
const RESULT = { columns: [{ name: "a", type: "INTEGER" }], rows: [{ a: 1 }], rowCount: 1 };

const FORGED: Record<string, string> = {
  "a message of Node's own": `frame('{"cmd":"NODE_HANDLE","type":"net.Socket"}')`,
  "a message of Node's own as a line": `'{"cmd":"NODE_HANDLE_ACK"}\\n'`,
  "a length past all limits": "Buffer.alloc(8, 255)",
  null: "frame('null')",
  "a reply that lacks a field": `frame('{"type":"reply","id":' + id + ',"value":1}')`,
  "a reply to nobody": `frame('{"type":"reply","id":"x","value":1,"isWorn":false}')`,
  "an order": `frame('{"type":"set-next-input"}')`,
  "more values than memory has room for": "frame('[' + '[],'.repeat(3e7) + '[]]')",
};
for (const [name, answer] of Object.entries(FORGED)) {
  test(`a process that reads, and writes ${name}, ends; the next query has another one`, async () => {
    const reader = createReaderProcess(tmpdir());
    started.script = processThat(answer);
    const asked = reader.request("query", QUERY, { seconds: 60 });
    await expect(asked).rejects.toThrow("it wrote to the kernel what is none of its messages");
    await expect(asked).rejects.toBeInstanceOf(ReaderEndedError);
    started.script = processThat(
      `frame('{"type":"reply","id":' + id + ',"value":${JSON.stringify(RESULT)},"isWorn":false}')`,
    );
    await expect(reader.request("query", QUERY, { seconds: 60 })).resolves.toEqual(RESULT);
    await reader.close();
  });
}
