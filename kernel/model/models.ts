import { existsSync } from "node:fs";
import { basename } from "node:path";
import type { LoraSpec } from "../../engine/client.ts";
import { type ChatModel, type ChatServer, createChatModel, loadClient } from "../../interpreter/index.ts";
import { type CellOutput, UserError } from "../cells/cell.ts";
import { quoted } from "../printable.ts";
import { Consents } from "../settings/consents.ts";
import { configFolder, readSettings, type Settings, settingsAtStart } from "../settings/settings.ts";
import { readLora } from "./lora-option.ts";
import { serverModels } from "./server-models.ts";
import type { ModelServices } from "./services.ts";
import { isThisMachine } from "./this-machine.ts";

const DEFAULT_CONTEXT_TOKENS = 8_192; // the engine's own default

type Models = Pick<ModelServices, "chatModel" | "modelInUse" | "useModel" | "listModels" | "contextTokens" | "approve">;

/** Where models are: our engine on this machine, or the server that the user configured. */
export interface ModelPlace {
  readonly name: string; // "this machine"
  /** The model of somebody who named none. */
  defaultModel(): Promise<string>;
  list(): Promise<readonly { readonly name: string; readonly note: string }[]>;
  /** @throws Error that says which models there are */
  check(model: string): Promise<void>;
  /** Fetches and loads where need be, with its progress in the cell. @throws UserError for adapters that it cannot have */
  connect(model: string, output: CellOutput, loras: readonly LoraSpec[]): Promise<ChatServer>;
}

export interface ModelsOptions {
  readonly cwd: string; // the notebook's folder
  readonly env: NodeJS.ProcessEnv;
  readonly tell?: (notice: string) => void; // what the user should know of the settings
  readonly atStart?: Pick<Settings, "approve" | "context">;
}

/**
 * Which model answers. Settings are read whenever a model is asked for: a mistake in them stops no TypeScript, and is
 * mended without a restart.
 */
export function createModels({ cwd, env, tell, atStart = settingsAtStart({ cwd, env }) }: ModelsOptions): Models {
  let chosen: string | undefined; // by %model
  let loras: readonly LoraSpec[] = []; // likewise
  const consents = new Consents(configFolder(env));

  async function current(): Promise<{ settings: Settings; place: ModelPlace }> {
    const settings = readSettings({ cwd, env, ...(tell && { tell }) });
    if (settings.baseUrl !== undefined) return { settings, place: serverModels(settings.baseUrl, settings.apiKey) };
    const { localModels } = await import("./local-models.ts"); // loads the engine's door
    return { settings, place: localModels(settings) };
  }

  async function nameInUse({ settings, place }: Awaited<ReturnType<typeof current>>): Promise<string> {
    return chosen ?? settings.model ?? (await place.defaultModel());
  }

  /** What the notebook holds leaves this machine only after the user said so, once for each address. */
  async function mayBeSent({ baseUrl, allowRemote }: Settings, output: CellOutput): Promise<void> {
    if (baseUrl === undefined || allowRemote === "on" || isThisMachine(baseUrl)) return;
    if (consents.has("remote-model", baseUrl)) return;
    const answer = await output.input(remoteQuestion(baseUrl));
    const { origin } = new URL(baseUrl);
    if (answer === undefined) {
      throw new UserError(`nothing was sent to ${origin}: nobody could be asked. QWENLAB_ALLOW_REMOTE=on allows it`);
    }
    if (!/^y(es)?$/i.test(answer.trim())) throw new UserError(`nothing was sent to ${origin}`);
    consents.keep("remote-model", baseUrl);
  }

  async function connect(output: CellOutput, wanted: string | undefined): Promise<ChatModel> {
    const now = await current();
    await mayBeSent(now.settings, output);
    const own = wanted === undefined ? loras : [];
    loadClient();
    return createChatModel(await now.place.connect(wanted ?? (await nameInUse(now)), output, own));
  }

  return {
    contextTokens: atStart.context ?? DEFAULT_CONTEXT_TOKENS,
    approve: atStart.approve,
    chatModel(output, wanted) {
      return connect(output, wanted).catch((error: unknown) => {
        output.signal.throwIfAborted();
        throw userError(error);
      });
    },
    modelInUse: clearly(async () => {
      const now = await current();
      const files = loras.map(({ path }) => basename(path));
      return { name: [await nameInUse(now), ...files].join(" with "), place: now.place.name };
    }),
    useModel: clearly(async (name: string | undefined, files: readonly string[] = []) => {
      const { place } = await current();
      if (name !== undefined) await place.check(name);
      const specs = files.map((file) => readLora(file, cwd));
      for (const { path } of specs) if (!existsSync(path)) throw new UserError(`--lora: there is no ${path}`);
      chosen = name ?? chosen;
      loras = specs;
    }),
    listModels: clearly(async () => (await current()).place.list()),
  };
}

function remoteQuestion(baseUrl: string): string {
  const { protocol, host, origin, pathname } = new URL(baseUrl); // not its password
  const way = protocol === "https:" ? "encrypted" : "NOT encrypted: whoever is between can read and change it";
  return [
    `Your questions, and the cells, outputs, variables, tables and files of your notebooks that go with them, are sent to`,
    `another machine: ${host} (${quoted(origin + pathname)}, ${way}).`,
    "Allow it, for this address, from now on? [y]es, [n]o ",
  ].join("\n");
}

/** What goes wrong with models and settings is for the user to mend: shown in its own words, without a stack. */
function clearly<Args extends unknown[], T>(action: (...args: Args) => Promise<T>): (...args: Args) => Promise<T> {
  return (...args) =>
    action(...args).catch((error: unknown) => {
      throw userError(error);
    });
}

function userError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError(error instanceof Error ? error.message : String(error), { cause: error });
}
