import { expect, test } from "vitest";
import { Subscriber } from "zeromq";
import { openSockets } from "../../kernel/protocol/sockets.ts";

test("a subscriber hears its welcome first, though something was published between the two", async () => {
  const [shell, control, stdin, iopub, heartbeat] = [1, 2, 3, 4, 5].map((i) => `inproc://sockets-test-${i}`);
  const addresses = { shell: shell!, control: control!, stdin: stdin!, iopub: iopub!, heartbeat: heartbeat! };
  const sockets = await openSockets({ addresses, curve: undefined });
  const subscriber = new Subscriber({ linger: 0 });
  subscriber.subscribe();
  subscriber.connect(addresses.iopub);
  await sockets.iopub.send([Buffer.from("early")]);
  void sockets.iopub.admit((topic) => [Buffer.from(`welcome to "${topic}"`)]);
  const heard = [String(await subscriber.receive())];
  await sockets.iopub.send([Buffer.from("late")]);
  heard.push(String(await subscriber.receive()));
  expect(heard).toEqual(['welcome to ""', "late"]);
  subscriber.close();
  await sockets.close();
});
