import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../kernel/cells/cell.ts";
import { createModels } from "../../kernel/model/models.ts";
import { fakeCell } from "./magics/fake-cell.ts";

const cwd = tmpdir();
let server: Server;
let env: Record<string, string>;
const keys: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    response.end(JSON.stringify({ data: [{ id: "big" }, { id: "small" }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  env = { QWENLAB_BASE_URL: `http://127.0.0.1:${port}/v1`, QWENLAB_API_KEY: "secret", XDG_CONFIG_HOME: cwd };
});
afterAll(() => server.close());

describe("with a configured server", () => {
  test("the first model that it lists answers, unless another is named or chosen", async () => {
    const models = createModels({ cwd, env });
    expect((await models.modelInUse()).name).toBe("big");
    expect((await models.chatModel(fakeCell())).name).toBe("big");
    expect((await models.chatModel(fakeCell(), "small")).name).toBe("small");
    await models.useModel("small");
    expect((await models.modelInUse()).name).toBe("small");
    expect(keys).toContain("Bearer secret");
    const named = createModels({ cwd, env: { ...env, QWENLAB_MODEL: "mine" } });
    expect((await named.modelInUse()).name).toBe("mine");
  });

  test("adapters are the server's own", async () => {
    const models = createModels({ cwd, env });
    await expect(models.useModel(undefined, ["none.gguf"])).rejects.toThrow(/--lora: there is no .*none\.gguf/);
    await models.useModel("small", ["."]);
    expect((await models.modelInUse()).name).toMatch(/^small with ./);
    await expect(models.chatModel(fakeCell())).rejects.toThrow(/--lora is for the engine of this machine/);
    await models.useModel("small");
    expect((await models.chatModel(fakeCell())).name).toBe("small");
  });

  test("a model that it does not have is the user's mistake", async () => {
    const models = createModels({ cwd, env });
    await expect(models.useModel("huge")).rejects.toThrow(/no model huge on .*; there are: big, small/);
  });

  describe("on another machine", () => {
    const remote = () => ({ ...env, QWENLAB_BASE_URL: "http://models.invalid/v1", QWENLAB_MODEL: "mine" });

    test("nothing goes there before the user said so, once", async () => {
      const folder = mkdtempSync(join(tmpdir(), "consents-"));
      const own = { ...remote(), XDG_CONFIG_HOME: folder };
      const refused = fakeCell(["n"]);
      await expect(createModels({ cwd, env: own }).chatModel(refused)).rejects.toThrow(
        /nothing was sent to http:\/\/models/,
      );
      expect(refused.questions[0]).toContain("models.invalid");
      expect((await createModels({ cwd, env: own }).chatModel(fakeCell(["y"]))).name).toBe("mine");
      const later = fakeCell();
      expect((await createModels({ cwd, env: own }).chatModel(later)).name).toBe("mine");
      expect(later.questions).toEqual([]);
      rmSync(folder, { recursive: true });
    });

    test("the question names host, way and address; another address of the same server is asked about anew", async () => {
      const folder = mkdtempSync(join(tmpdir(), "consents-"));
      const own = (url: string) => ({ ...remote(), QWENLAB_BASE_URL: url, XDG_CONFIG_HOME: folder });
      const asked = async (url: string) => {
        const cell = fakeCell(["y"]);
        await createModels({ cwd, env: own(url) }).chatModel(cell);
        return cell.questions;
      };
      const [question] = await asked("http://me:password@models.invalid/v1");
      expect(question).toMatch(/models\.invalid \("http:\/\/models\.invalid\/v1", NOT encrypted/);
      expect(question).not.toContain("password");
      expect(await asked("http://me:password@models.invalid/v1")).toEqual([]);
      for (const url of ["https://models.invalid/v1", "http://models.invalid/v2", "http://models.invalid:81/v1"])
        expect(await asked(url)).toHaveLength(1);
      rmSync(folder, { recursive: true });
    });

    test("where nobody can be asked, the message says what allows it", async () => {
      await expect(createModels({ cwd, env: remote() }).chatModel(fakeCell())).rejects.toThrow(
        "QWENLAB_ALLOW_REMOTE=on",
      );
      const allowed = createModels({ cwd, env: { ...remote(), QWENLAB_ALLOW_REMOTE: "on" } });
      expect((await allowed.chatModel(fakeCell())).name).toBe("mine");
    });
  });

  test("that sends on to another, the other hears nothing", async () => {
    const heard: string[] = [];
    const other = createServer((request, response) => {
      heard.push(request.url ?? "");
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/chat/completions`;
    const first = createServer((_request, response) => response.writeHead(307, { location }).end());
    await new Promise<void>((resolve) => first.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(first.address() as AddressInfo).port}/v1`;
    const models = createModels({ cwd, env: { ...env, QWENLAB_BASE_URL: url, QWENLAB_MODEL: "mine" } });
    const model = await models.chatModel(fakeCell());
    const ask = async () => {
      for await (const event of model.chat({ messages: [{ role: "user", content: "my data" }] })) void event;
    };
    await expect(ask()).rejects.toThrow(/^[^\n]+$/);
    await expect(models.listModels()).rejects.toThrow(UserError);
    first.close();
    other.close();
    expect(heard).toEqual([]);
  });

  test("that does not answer, the message names it", async () => {
    const models = createModels({ cwd, env: { ...env, QWENLAB_BASE_URL: "http://127.0.0.1:1/v1" } });
    await expect(models.listModels()).rejects.toThrow(UserError);
    await expect(models.listModels()).rejects.toThrow("http://127.0.0.1:1/v1");
  });
});

test("wrong settings stop no notebook; whoever asks a model is told", async () => {
  const models = createModels({ cwd, env: { ...env, QWENLAB_MODLE: "x" } });
  expect(models).toMatchObject({ approve: "ask", contextTokens: 8192 });
  await expect(models.chatModel(fakeCell())).rejects.toThrow(/QWENLAB_MODLE.*did you mean QWENLAB_MODEL/);
  await expect(models.modelInUse()).rejects.toThrow(UserError);
});
