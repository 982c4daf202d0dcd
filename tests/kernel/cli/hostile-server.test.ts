// What a server says when it fails, and how it calls its models, goes to a terminal: as text, not as commands.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modelMagic, modelsMagic } from "../../../kernel/magics/model.ts";
import { serverModels } from "../../../kernel/model/server-models.ts";
import { newNotebookState } from "../../../kernel/model/services.ts";
import { fakeCell } from "../magics/fake-cell.ts";
import { qwenlab } from "./qwenlab.ts";

const COMMANDS = "\u001b]0;title\u0007\u001b[2J\u009b5n"; // the title, an empty screen, a question to the terminal
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come through
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.method === "GET") return void response.end(JSON.stringify({ data: [{ id: `big${COMMANDS}` }] }));
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message: `no${COMMANDS}thing` } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => server.close());

test("the reason why it does not answer", async () => {
  const { exitCode, stderr } = await qwenlab(["chat", "Hello?"], { env: { QWENLAB_BASE_URL: url } });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("the model server answered 400: no");
  expect(stderr).not.toMatch(CONTROL);
});

test("the names of its models", async () => {
  const place = serverModels(url);
  const name = await place.defaultModel();
  const services = { modelInUse: async () => ({ name, place: place.name }), listModels: place.list };
  for (const magic of [modelMagic, modelsMagic]) {
    const cell = fakeCell();
    await magic(services as never, newNotebookState("ask")).run({ args: "", text: "" }, cell); // as: what these two ask for
    expect(cell.text()).toContain("big\\u{1b}]0;title\\u{7}");
    expect(cell.text()).not.toMatch(CONTROL);
  }
});
