import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLimit as startLimitOfEngine } from "../engine/start-limit.ts";
import { startLimit } from "../interpreter/start-limit.ts";

let here: Socket;
let there: Socket;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "qwenlab-limit-"));
  const path = join(folder, "socket"); // what is written to one is there at once
  const server = createServer().listen(path);
  await once(server, "listening");
  const accepted = once(server, "connection");
  here = connect(path);
  [there] = await accepted;
  server.close();
  rmSync(folder, { recursive: true });
});
afterAll(() => {
  here.destroy();
  there.destroy();
});

/** As a process without a turn of the processor: what comes meanwhile waits. */
const holdUp = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

describe.each([
  ["engine", startLimitOfEngine],
  ["interpreter", startLimit],
])("a limit of the %s", (_, start) => {
  test("that passes while this process is held up comes after the answer", async () => {
    const order: string[] = [];
    const answered = once(here, "data").then(() => order.push("answer"));
    const passed = new Promise<void>((resolve) => {
      start(1, () => resolve(void order.push("limit")));
    });
    there.write("answer");
    holdUp(50);
    await Promise.all([answered, passed]);
    expect(order).toEqual(["answer", "limit"]);
  });

  test("that the answer ends does not come any more", async () => {
    let isPast = false;
    const end = start(1, () => {
      isPast = true;
    });
    here.once("data", end);
    there.write("answer");
    holdUp(50);
    await new Promise<void>((resolve) => void start(1, resolve)); // which began later
    expect(isPast).toBe(false);
  });
});
