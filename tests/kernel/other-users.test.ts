// What another user of the machine hears of a kernel: who does not know the connection file, and reaches its sockets.
import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { curveKeyPair, type SocketOptions, Subscriber } from "zeromq";
import { clientKeys, KernelProcess } from "./kernel-process.ts";

/** Subscribes to all that the kernel publishes, without the connection file's keys. */
function listener(kernel: KernelProcess, options: SocketOptions<Subscriber> = {}): Subscriber {
  const subscriber = new Subscriber({ linger: 0, ...options });
  subscriber.subscribe();
  subscriber.connect(kernel.place.addresses[3]!);
  return subscriber;
}

test("on a port without encryption, others read what a kernel publishes", async () => {
  await using kernel = await KernelProcess.start({ transport: "tcp" });
  const subscriber = listener(kernel);
  await kernel.until(() => kernel.iopub.filter(({ header }) => header.msg_type === "iopub_welcome").length === 2);
  await kernel.execute("console.log('secret')");
  const heard: string[] = [];
  while (!heard.join().includes("secret")) heard.push(String(await subscriber.receive()));
  subscriber.close();
});

describe("with encryption", () => {
  test("a kernel answers on every socket, and asks", async () => {
    await using kernel = await KernelProcess.start({ transport: "tcp", isEncrypted: true, answer: () => "Ada" });
    expect(await kernel.request("kernel_info_request")).toMatchObject({ status: "ok" });
    expect(await kernel.request("kernel_info_request", {}, { channel: "control" })).toMatchObject({ status: "ok" });
    const { messages } = await kernel.execute("console.log('I am', await input('name?'))");
    expect(messages.map(({ content }) => content.text)).toContain("I am Ada\n");
    expect(await kernel.heartbeat()).toBe("beat");
  });

  test.each<[string, () => SocketOptions<Subscriber>]>([
    ["no key", () => ({})],
    ["another key for the kernel's", () => clientKeys(curveKeyPair().publicKey)],
  ])("a listener with %s gets no connection, and hears nothing", async (_, keys) => {
    await using kernel = await KernelProcess.start({ transport: "tcp", isEncrypted: true });
    const subscriber = listener(kernel, keys());
    await new Promise<void>((resolve) => {
      const { events } = subscriber;
      for (const type of ["handshake:error:other", "handshake:error:protocol", "handshake:error:auth"] as const)
        events.on(type, () => resolve());
    });
    const { messages } = await kernel.execute("console.log('secret')");
    expect(messages.map(({ content }) => content.text)).toContain("secret\n");
    subscriber.receiveTimeout = 0;
    await expect(subscriber.receive()).rejects.toThrow(/EAGAIN|timed out|temporarily unavailable/i);
    subscriber.close();
  });
});

test.skipIf(process.platform === "win32")("sockets that are files are their owner's alone", async () => {
  const umask = process.umask(0); // the kernel inherits it
  const kernel = await KernelProcess.start({ transport: "ipc" }).finally(() => process.umask(umask));
  for (const address of kernel.place.addresses) {
    const { mode } = statSync(address.replace("ipc://", ""));
    expect(mode & 0o077).toBe(0);
  }
  await kernel[Symbol.asyncDispose]();
});
