import { z } from "zod";
import { boundedFetch } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";
import type { ModelPlace } from "./models.ts";

const TIMEOUT_MS = 30_000; // a busy server; whoever does not wait so long interrupts
const MAX_LIST_BYTES = 10 * 2 ** 20;
const MODEL_LIST = z.object({ data: z.array(z.object({ id: z.string() })).max(10_000) });

/** The models of an OpenAI-compatible server. */
export function serverModels(baseURL: string, apiKey = ""): ModelPlace {
  const { host } = new URL(baseURL);

  async function names(): Promise<string[]> {
    try {
      const response = await boundedFetch(MAX_LIST_BYTES)(`${baseURL.replace(/\/+$/, "")}/models`, {
        headers: apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` },
        redirect: "error", // the key is for this server
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return MODEL_LIST.parse(await response.json()).data.map(({ id }) => id);
    } catch (error) {
      const { message } = error as Error; // as: what fetch and zod throw
      throw new UserError(`the server at ${baseURL} does not tell its models: ${message.split("\n")[0]}`);
    }
  }

  return {
    name: host,
    async defaultModel() {
      const [first] = await names();
      if (first !== undefined) return first;
      throw new UserError(`the server at ${baseURL} has no model; name one in QWENLAB_MODEL`);
    },
    list: async () => (await names()).map((name) => ({ name, note: `on ${host}` })),
    async check(model) {
      const known = await names();
      if (!known.includes(model)) throw new UserError(`no model ${model} on ${host}; there are: ${known.join(", ")}`);
    },
    async connect(model, _, loras) {
      if (loras.length === 0) return { baseURL, apiKey, model };
      throw new UserError(`--lora is for the engine of this machine; of ${host}, choose one of the models it lists`);
    },
  };
}
