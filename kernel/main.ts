// The kernel process, put together: sockets, what is said over them, and the notebook behind.
import { commHandlers } from "./comms/index.ts";
import { complete } from "./handlers/complete.ts";
import { History } from "./handlers/history.ts";
import { inspect } from "./handlers/inspect.ts";
import { isComplete } from "./handlers/is-complete.ts";
import { kernelInfo } from "./handlers/kernel-info.ts";
import { shutdown } from "./handlers/shutdown.ts";
import { askedToEnd } from "./process.ts";
import { readConnectionFile } from "./protocol/connection-file.ts";
import { createOutbox } from "./protocol/outbox.ts";
import { serve } from "./protocol/serve.ts";
import { openSockets } from "./protocol/sockets.ts";
import { createStdin } from "./protocol/stdin.ts";
import { createWire } from "./protocol/wire.ts";

/** Resolves at the kernel's end, which a front end asks for, or which comes when nobody is left to ask. */
export async function runKernel(connectionFile: string): Promise<void> {
  const { key, ...connection } = readConnectionFile(connectionFile);
  const asked = askedToEnd(); // also while all this starts
  const sockets = await openSockets(connection);
  const wire = createWire(key);
  const outbox = createOutbox(sockets, wire);
  const stdin = createStdin(sockets.stdin, wire, outbox);
  const history = new History();
  const notebook = import("./notebook.ts").then(({ openNotebook }) =>
    openNotebook({ cwd: process.cwd(), env: process.env, outbox, stdin, history }),
  );

  void outbox.status("starting");
  const ended = serve({
    sockets,
    wire,
    outbox,
    execute: async (content, request) => (await notebook).executor.execute(content, request),
    control: {
      kernel_info_request: kernelInfo,
      shutdown_request: (_content, request) => shutdown(request, outbox),
      debug_request: async (content) => (await notebook).debugRequests.answer(content),
      interrupt_request: async () => (await notebook).executor.interrupt(),
    },
    shell: {
      kernel_info_request: kernelInfo,
      shutdown_request: (_content, request) => shutdown(request, outbox), // deprecated there, and still sent
      complete_request: async (content) => complete(content, (await notebook).assist),
      inspect_request: async (content) => inspect(content, (await notebook).assist),
      is_complete_request: async (content) => isComplete(content, (await notebook).assist),
      history_request: async (content) => history.reply(content),
      ...commHandlers(async () => (await notebook).comms),
    },
  });

  await Promise.race([ended, asked]);
  await sockets.close(); // first: how its cells end is nobody's concern now
  await (await notebook)[Symbol.asyncDispose]();
}
