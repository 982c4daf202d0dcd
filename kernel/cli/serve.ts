import { once } from "node:events";
import { startServer } from "../../engine/index.ts";
import { chooseModel } from "../setup/model.ts";
import { type Command, CommandError, integer, readArguments } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { openModel, PRECISION } from "./engine-options.ts";
import { interruptSignal } from "./interrupt.ts";

const DEFAULT_PORT = 8080;
const DEFAULT_HOST = "127.0.0.1";
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

export const serve: Command = {
  name: "serve",
  summary: "an OpenAI-compatible server with the model",
  usage: `usage: qwenlab serve [--model M] [--port N] [--host H] [--precision fast|exact]

/v1/models, /v1/chat/completions, /v1/completions, /v1/embeddings, /health, /metrics. Listens on ${DEFAULT_HOST}:${DEFAULT_PORT}
unless told otherwise. QWENLAB_API_KEY, if set, is what clients must send as a bearer token; another host than the
loopback address needs it. Ctrl-C ends it.`,
  usesDevice: true,

  async run(argv) {
    const { values } = readArguments(argv, {
      model: { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      ...PRECISION,
    });
    const settings = commandSettings();
    const port = integer("port", values.port ?? String(DEFAULT_PORT), { min: 0, max: 65_535 });
    const host = values.host ?? DEFAULT_HOST;
    if (!LOOPBACK.test(host) && settings.apiKey === undefined) {
      throw new CommandError(`${host} can be reached by others: set QWENLAB_API_KEY, which clients then must send`);
    }
    const signal = interruptSignal();
    const name = values.model ?? (await chooseModel(settings));
    const loading = openModel(name, values, signal);
    loading.catch(() => {}); // awaited below; until then the server tells it to whoever asks
    const server = await startServer({ model: loading, name, host, port, token: settings.apiKey });
    try {
      await using model = await loading;
      process.stderr.write(`${model.info.name} on ${model.info.adapter}; Ctrl-C ends\n`);
      process.stdout.write(`${server.url}\n`);
      if (!signal.aborted) await once(signal, "abort");
    } finally {
      await server.close();
    }
    return 0;
  },
};
