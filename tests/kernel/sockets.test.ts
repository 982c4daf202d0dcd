import { expect, test } from "vitest";
import { Subscriber } from "zeromq";
import { openSockets } from "../../kernel/protocol/sockets.ts";

function inProcess(name: string) {
  const [shell, control, stdin, iopub, heartbeat] = [1, 2, 3, 4, 5].map((i) => `inproc://sockets-test-${name}-${i}`);
  return { shell: shell!, control: control!, stdin: stdin!, iopub: iopub!, heartbeat: heartbeat! };
}

test("a subscriber hears its welcome first, though something was published between the two", async () => {
  const addresses = inProcess("welcome");
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

// The moments differ by turns of the microtask queue: at some of them the unsubscription was received, and not yet read.
test.each([...Array(16).keys()])("a socket closes, %i turns after it greeted whoever leaves at once", async (turns) => {
  const addresses = inProcess(`closes-${turns}`);
  const sockets = await openSockets({ addresses, curve: undefined });
  const subscriber = new Subscriber({ linger: 0 });
  subscriber.connect(addresses.iopub);
  subscriber.subscribe("topic");
  subscriber.unsubscribe("topic");
  let closed: Promise<void> | undefined;
  await sockets.iopub.admit((topic) => {
    closed = (async () => {
      for (let turn = 0; turn < turns; turn++) await null;
      await sockets.close();
    })();
    return [Buffer.from(`welcome to "${topic}"`)];
  });
  expect(closed).toBeDefined();
  await closed;
  subscriber.close();
});
