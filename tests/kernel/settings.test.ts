import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "../../kernel/settings.ts";

let folder: string;
let userFolder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "settings-"));
  folder = join(root, "notebooks");
  userFolder = join(root, "config", "qwenlab");
  mkdirSync(folder);
  mkdirSync(userFolder, { recursive: true });
  env = { XDG_CONFIG_HOME: join(root, "config"), XDG_CACHE_HOME: join(root, "cache") };
});

afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

const writeConfig = (where: string, content: unknown) =>
  writeFileSync(join(where, "qwenlab.config.json"), typeof content === "string" ? content : JSON.stringify(content));
const read = () => readSettings({ cwd: folder, env });

test("without any configuration the defaults stand", () => {
  expect(read()).toEqual({
    model: undefined,
    baseUrl: undefined,
    apiKey: undefined,
    adapter: undefined,
    cacheDir: join(folder, "..", "cache", "qwenlab"),
    context: undefined,
    precision: undefined,
    approve: "ask",
    sandbox: "off",
    allowRemote: "off",
    idleMinutes: 30,
  });
});

test("the environment goes before the notebook's folder, and that before the user's own file", () => {
  writeConfig(userFolder, { model: "of-the-user", context: 1024, precision: "exact" });
  writeConfig(folder, { model: "of-the-folder", context: 2048 });
  env.QWENLAB_MODEL = "of-the-environment";
  expect(read()).toMatchObject({ model: "of-the-environment", context: 2048, precision: "exact" });
});

test("an empty variable counts as none", () => {
  env.QWENLAB_MODEL = "";
  expect(read().model).toBeUndefined();
});

test("every key has its variable", () => {
  Object.assign(env, {
    QWENLAB_MODEL: "m",
    QWENLAB_BASE_URL: "http://127.0.0.1:8000/v1",
    QWENLAB_API_KEY: "k",
    QWENLAB_ADAPTER: "software",
    QWENLAB_CACHE_DIR: "/somewhere",
    QWENLAB_CONTEXT: "4096",
    QWENLAB_PRECISION: "fast",
    QWENLAB_APPROVE: "always",
    QWENLAB_SANDBOX: "on",
    QWENLAB_ALLOW_REMOTE: "on",
    QWENLAB_IDLE_MINUTES: "5",
  });
  expect(read()).toEqual({
    model: "m",
    baseUrl: "http://127.0.0.1:8000/v1",
    apiKey: "k",
    adapter: "software",
    cacheDir: "/somewhere",
    context: 4096,
    precision: "fast",
    approve: "always",
    sandbox: "on",
    allowRemote: "on",
    idleMinutes: 5,
  });
});

describe("mistakes are named", () => {
  test("an unknown key, with the nearest known one", () => {
    writeConfig(folder, { contxt: 4096 });
    expect(read).toThrow(/qwenlab\.config\.json: there is no setting "contxt"; did you mean context\?/);
  });

  test("an unknown variable, with the nearest known one", () => {
    env.QWENLAB_BASEURL = "http://127.0.0.1:1/v1";
    expect(read).toThrow('environment: there is no setting "QWENLAB_BASEURL"; did you mean QWENLAB_BASE_URL?');
  });

  test.each([
    ["QWENLAB_CONTEXT", "many"],
    ["QWENLAB_CONTEXT", "-1"],
    ["QWENLAB_PRECISION", "medium"],
    ["QWENLAB_APPROVE", "yes"],
    ["QWENLAB_BASE_URL", "file:///etc/passwd"],
    ["QWENLAB_IDLE_MINUTES", "0"],
  ])("%s=%s", (name, value) => {
    env[name] = value;
    expect(read).toThrow(`${name}: "${value}" is wrong`);
  });

  test("a wrong type in a file", () => {
    writeConfig(folder, { model: 7 });
    expect(read).toThrow(/qwenlab\.config\.json: model: 7 is wrong/);
  });

  test.each(["{", "[]", "null", '"text"'])("a file that holds %s", (content) => {
    writeConfig(folder, content);
    expect(read).toThrow(/qwenlab\.config\.json: (not JSON|must be one JSON object)/);
  });

  test("__proto__ is a key like any other", () => {
    writeConfig(folder, '{"__proto__":{"approve":"always"}}');
    expect(read).toThrow('there is no setting "__proto__"');
  });

  test("a key is never printed", () => {
    writeConfig(userFolder, { apiKey: 12_345_678 });
    expect(read).toThrow(/^((?!12345678).)*$/);
  });
});

describe("a notebook's folder may come from anybody", () => {
  test.each([
    [{ baseUrl: "https://elsewhere.example/v1" }, '"baseUrl"'],
    [{ apiKey: "theirs" }, '"apiKey"'],
    [{ cacheDir: "./cache" }, '"cacheDir"'],
    [{ approve: "always" }, '"approve": "always"'],
    [{ approve: "auto" }, '"approve": "auto"'],
    [{ sandbox: "off" }, '"sandbox": "off"'],
    [{ allowRemote: "on" }, '"allowRemote": "on"'],
  ])("its file may not say %j", (config, shown) => {
    writeConfig(folder, config);
    expect(read).toThrow(`${shown} may not come from a notebook's folder`);
  });

  test.each([{ approve: "never" }, { approve: "ask" }, { sandbox: "on" }])("but may be stricter: %j", (config) => {
    writeConfig(folder, config);
    expect(read()).toMatchObject(config);
  });

  test("the user's own file may say all of it", () => {
    writeConfig(userFolder, { baseUrl: "https://own.example/v1", apiKey: "k", approve: "always" });
    expect(read()).toMatchObject({ baseUrl: "https://own.example/v1", approve: "always" });
  });
});
