// A model may take seconds to start. What else a question needs is made ready meanwhile.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createSandbox } from "../../../kernel/cells/sandbox.ts";
import { prepareTurn } from "../../../kernel/magics/model-use.ts";
import { type ModelServices, newNotebookState } from "../../../kernel/model/services.ts";
import { Toolbox } from "../../../kernel/model/toolbox.ts";
import { Undo } from "../../../kernel/model/undo.ts";
import { fakeSession, noPython } from "../../interpreter/fake-session.ts";
import { scriptedChatModel } from "../../interpreter/scripted-chat-model.ts";
import { fakeCell } from "./fake-cell.ts";

const folder = mkdtempSync(join(tmpdir(), "prepare-turn-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const model = scriptedChatModel([], "qwen2.5-coder-0.5b");

/** @param asked told of what is asked of the notebook */
function notebook(chatModel: ModelServices["chatModel"], asked: (what: string) => void = () => {}): ModelServices {
  const session = fakeSession();
  const python = {
    ...noPython(),
    about() {
      asked("python");
      return noPython().about();
    },
  };
  return {
    python,
    toolbox: new Toolbox({ folder, python, configFolder: folder }),
    folder,
    undo: new Undo(folder),
    sandbox: createSandbox({ cwd: folder, isOn: false, onEvent() {} }),
    onSessionEvent: session.onSessionEvent,
    cells: () => [],
    chatModel,
    modelInUse: async () => ({ name: model.name, place: "this machine" }),
    useModel: async () => {},
    listModels: async () => [],
    contextTokens: 4096,
    approve: "ask",
    mode: { current: "code" },
    types: { areChecked: true },
    session: {
      ...session,
      async tables() {
        asked("tables");
        return await session.tables();
      },
    },
  };
}

const prepare = (services: ModelServices, kind: "chat" | "agent", options = {}) =>
  prepareTurn(kind, "How many cars?", options, services, newNotebookState("ask"), fakeCell());

describe("while a model starts", () => {
  test.each([
    ["chat", ["tables"]],
    ["agent", ["python", "tables"]],
  ] as const)("a question to %s has made ready what it needs of the notebook", async (kind, needed) => {
    const asked: string[] = [];
    let startsWhen = () => {};
    const isReady = new Promise<void>((resolve) => {
      startsWhen = resolve;
    });
    const services = notebook(
      () => isReady.then(() => model), // comes when all else has been asked for, and never before
      (what) => {
        asked.push(what);
        if (asked.length === needed.length) startsWhen();
      },
    );
    const { turn } = await prepare(services, kind);
    expect(asked.sort()).toEqual(needed);
    expect(JSON.stringify(turn)).toContain("cars.csv");
  });

  test("its failure is told, whatever became of the notebook", async () => {
    const services = notebook(async () => {
      await new Promise(setImmediate); // the notebook has failed by then
      throw new Error("no memory is left");
    });
    await expect(prepare(services, "chat", { cell: [7] })).rejects.toThrow("no memory is left");
  });

  test("what the notebook lacks is told once it is there", async () => {
    const services = notebook(async () => model);
    await expect(prepare(services, "chat", { cell: [7] })).rejects.toThrow("there is no cell [7]");
  });
});
