import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { startServer } from "../../engine/index.ts";
import { chooseModel } from "../setup/model.ts";
import { type Command, integer, readArguments, UsageError } from "./command.ts";
import { commandSettings } from "./command-settings.ts";
import { LORA, openModel, PRECISION } from "./engine-options.ts";
import { interruptSignal } from "./interrupt.ts";

const DEFAULT_PORT = 8080;
const DEFAULT_HOST = "127.0.0.1";

const OPTIONS = {
  model: { type: "string" },
  port: { type: "string" },
  host: { type: "string" },
  token: { type: "string" },
  "no-token": { type: "boolean" },
  cors: { type: "string" },
  "allow-host": { type: "string" },
  ...LORA,
  ...PRECISION,
} as const;

export const serve: Command = {
  name: "serve",
  summary: "an OpenAI-compatible server with the model",
  usage: `usage: qwenlab serve [--model M] [--port N] [--host H] [--token T | --no-token] [--cors ORIGIN[,ORIGIN]]
                     [--allow-host NAME[,NAME]] [--lora FILE[=SCALE]]... [--precision fast|exact]

/v1/models, /v1/chat/completions, /v1/responses, /v1/completions, /v1/embeddings, /health, /metrics. Listens on
${DEFAULT_HOST}:${DEFAULT_PORT} unless told otherwise. Ctrl-C ends it.

Clients must send a bearer token: QWENLAB_API_KEY, or --token (which others see in the list of processes), or one that
is made for this run and printed. --no-token lets in everybody on this machine; another host than the loopback address
always needs one. Web pages are refused unless --cors lists where they come from (https://example.org, or * for all),
and so are requests by other names than the loopback's and H; --allow-host lists further names of this machine.

--lora puts LoRA adapters beside the model (.gguf, or folders of PEFT): a request whose model is M:NAME has the one of that
file's name, M:ONE+OTHER both, and M none.`,
  usesDevice: true,

  async run(argv) {
    const { values } = readArguments(argv, OPTIONS);
    const settings = commandSettings();
    const port = integer("port", values.port ?? String(DEFAULT_PORT), { min: 0, max: 65_535 });
    const host = values.host ?? DEFAULT_HOST;
    const { token, isMade } = chooseToken(values, settings.apiKey);
    const lists = { origins: list(values.cors), hosts: list(values["allow-host"]) };
    const signal = interruptSignal();
    const name = values.model ?? (await chooseModel(settings));
    const loading = openModel(name, values, signal);
    loading.catch(() => {}); // awaited below; until then the server tells it to whoever asks
    const server = await startServer({ model: loading, name, host, port, token, ...lists });
    try {
      if (isMade) process.stderr.write(howToAsk(server.url, token));
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

interface TokenArguments {
  readonly token?: string;
  readonly "no-token"?: boolean;
}

type Token =
  | { readonly token: string; readonly isMade: boolean }
  | { readonly token: undefined; readonly isMade: false };

function chooseToken({ token: given, "no-token": isOpen }: TokenArguments, key: string | undefined): Token {
  if (isOpen && given !== undefined) throw new UsageError("give either --token or --no-token");
  if (given === "") throw new UsageError("--token is empty; --no-token lets everybody in");
  if (isOpen) return { token: undefined, isMade: false };
  const token = given ?? key;
  return token ? { token, isMade: false } : { token: randomBytes(32).toString("base64url"), isMade: true };
}

function howToAsk(url: string, token: string): string {
  return [
    "Clients need the key that was made for this run (see qwenlab serve --help for one of your own):",
    `  export OPENAI_BASE_URL=${url}`,
    `  export OPENAI_API_KEY=${token}`,
    "",
  ].join("\n");
}

const list = (text: string | undefined): string[] =>
  text
    ?.split(",")
    .map((entry) => entry.trim())
    .filter(Boolean) ?? [];
