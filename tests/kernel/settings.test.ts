import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  configFolder,
  readSettings,
  type Settings,
  SettingsError,
  settingsAtStart,
} from "../../kernel/settings/settings.ts";
import { randomNumbers } from "../engine/kernels/linear-sources.ts";
import { byChance } from "../nightly.ts";

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
    compiler: "own",
    idleMinutes: 30,
  });
});

test("a relative folder in the environment is none: it would be the notebook's own", () => {
  const home = homedir();
  env = { XDG_CONFIG_HOME: "config", XDG_CACHE_HOME: "./cache" };
  expect(configFolder(env)).toBe(join(home, ".config", "qwenlab"));
  expect(settingsAtStart({ cwd: folder, env }).cacheDir).toBe(join(home, ".cache", "qwenlab"));
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
    QWENLAB_COMPILER: "tslab",
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
    compiler: "tslab",
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

describe("a folder's file takes nothing away", () => {
  const STRICTNESS = {
    approve: ["always", "auto", "ask", "never"],
    sandbox: ["off", "on"],
    allowRemote: ["on", "off"],
  } as const;
  const strictness = (settings: Partial<Settings>) =>
    (["approve", "sandbox", "allowRemote"] as const).map((key) =>
      (STRICTNESS[key] as readonly unknown[]).indexOf(settings[key]),
    );

  const random = randomNumbers(16);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const VALUES: Record<string, readonly unknown[]> = {
    approve: ["ask", "auto", "always", "never", "yes", 1, null],
    sandbox: ["on", "off", "OFF", true],
    allowRemote: ["on", "off", false],
    model: ["qwen2.5-coder-0.5b", "../evil.gguf", "evil.gguf", "sub/model", "", 3],
    baseUrl: ["http://127.0.0.1:1/v1", "https://elsewhere.example/v1", "file:///x"],
    context: [1024, 1_048_576, "4096", -1],
    idleMinutes: [1, 10_000, 0],
    cacheDir: ["/elsewhere"],
    adapter: ["software", "\u001b[2J"],
    sandbx: ["off"],
    aprove: ["always"],
    __proto__x: [{ approve: "always" }],
  };
  /** A settings file as somebody may have left it: often right, sometimes no JSON at all. */
  function anyFile(): string | undefined {
    if (random() < 0.1) return undefined;
    if (random() < 0.1) return pick(["", "{", "[]", "null", '{"approve":"always"', "\u0000", '{"sandbox":"off",}']);
    const keys = Object.keys(VALUES).filter(() => random() < 0.2);
    const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, pick(VALUES[key]!)])));
    return random() < 0.1 ? text.replace("{", '{"__proto__":{"approve":"always"},') : text;
  }

  const COUNT = byChance(500, 2_000);

  test("settings by chance, right and wrong ones, are never less strict with a folder's file than without", () => {
    let told = 0;
    for (let trial = 0; trial < COUNT; trial++) {
      for (const where of [folder, userFolder]) rmSync(join(where, "qwenlab.config.json"), { force: true });
      const [own, folders] = [anyFile(), anyFile()];
      if (own !== undefined) writeConfig(userFolder, own);
      const variables = ["APPROVE", "SANDBOX", "ALLOW_REMOTE"].filter(() => random() < 0.3);
      const value = {
        APPROVE: ["ask", "always", "never", "no"],
        SANDBOX: ["on", "off", "?"],
        ALLOW_REMOTE: ["on", "off"],
      };
      const set = variables.map((name) => [`QWENLAB_${name}`, pick(value[name as keyof typeof value])]);
      const from = { cwd: folder, env: { ...env, ...Object.fromEntries(set) } };
      const alone = settingsAtStart(from);
      const addresses = orError(() => readSettings(from));
      if (folders !== undefined) writeConfig(folder, folders);
      const notes: string[] = [];
      const both = settingsAtStart({ ...from, tell: (note) => notes.push(note) });
      const about = JSON.stringify({ own, folders, set, alone, both });
      for (const [i, strict] of strictness(both).entries())
        expect(strict, about).toBeGreaterThanOrEqual(strictness(alone)[i]!);
      const later = orError(() => readSettings({ ...from, tell() {} }));
      if (later) expect(strictness(later), about).toEqual(strictness(both));
      for (const key of ["baseUrl", "apiKey", "cacheDir"] as const) expect(later?.[key], about).toBe(addresses?.[key]);
      if (notes.some((note) => note.includes(folder))) told++;
    }
    expect(told).toBeGreaterThan(COUNT / 4);
  });

  test.each([
    ["always", "ask", "ask"],
    ["auto", "ask", "ask"],
    ["never", "ask", "never"],
    ["ask", "never", "never"],
  ])("approve %s of the user and %s of the folder: %s", (own, folders, together) => {
    writeConfig(folder, { approve: folders });
    writeConfig(userFolder, { approve: own });
    expect(read().approve).toBe(together);
    rmSync(join(userFolder, "qwenlab.config.json"));
    env.QWENLAB_APPROVE = own;
    expect(read().approve).toBe(together);
  });

  test("one mistake, and the file is left out as a whole; the user's own settings hold", () => {
    writeConfig(userFolder, { approve: "never", model: "mine" });
    env.QWENLAB_SANDBOX = "on";
    writeConfig(folder, { model: "theirs", context: 512, contxt: 1, sandbox: "off" });
    const notes: string[] = [];
    const settings = readSettings({ cwd: folder, env, tell: (note) => notes.push(note) });
    expect(settings).toMatchObject({ approve: "never", sandbox: "on", model: "mine", context: undefined });
    expect(notes).toEqual([
      `${join(folder, "qwenlab.config.json")}: there is no setting "contxt"; did you mean context? (the file is left out as a whole; your own settings hold)`,
    ]);
  });

  test.each([
    { model: "../evil.gguf" },
    { model: "evil.GGUF" },
    { model: "/tmp/evil" },
    { model: "hf:evil/repo" },
    { context: 1_048_576 },
    { idleMinutes: 10_080 },
    { adapter: "a\u001b[2J" },
  ])("nor does it harm: %j", (config) => {
    writeConfig(folder, config);
    expect(read).toThrow("may not come from a notebook's folder");
  });

  test("nor does it choose who reads what goes to the user's server on another machine", () => {
    writeConfig(folder, { model: "vendor-model" });
    env.QWENLAB_BASE_URL = "http://127.0.0.1:8000/v1";
    expect(read().model).toBe("vendor-model");
    env.QWENLAB_BASE_URL = "https://router.example/v1";
    expect(read).toThrow('"model": "vendor-model" may not come from a notebook\'s folder');
  });
});

describe("a mistake in the user's own settings is told, and a protection that it hides is at its strictest", () => {
  test.each([
    ["a misspelt protection", { sandbx: "on" }, {}, { sandbox: "on", approve: "ask" }],
    ["a wrong value", { approve: "nevr" }, {}, { sandbox: "off", approve: "never" }],
    ["a misspelt variable", {}, { QWENLAB_SANDBX: "on" }, { sandbox: "on", approve: "ask" }],
    ["a wrong variable", { approve: "always" }, { QWENLAB_APPROVE: "nevr" }, { approve: "never" }],
    ["something else", { contxt: 1, approve: "never", sandbox: "on" }, {}, { approve: "never", sandbox: "on" }],
    ["no JSON", "{", {}, { approve: "never", sandbox: "on" }],
    [
      "no JSON, but the environment says it",
      "{",
      { QWENLAB_APPROVE: "ask", QWENLAB_SANDBOX: "off" },
      { approve: "ask", sandbox: "off" },
    ],
  ])("%s", (_what, own, variables, held) => {
    writeConfig(userFolder, own);
    const notes: string[] = [];
    const from = { cwd: folder, env: { ...env, ...(variables as NodeJS.ProcessEnv) } };
    expect(settingsAtStart({ ...from, tell: (note) => notes.push(note) })).toMatchObject(held);
    expect(notes).toEqual([expect.stringContaining("until it is mended no model answers")]);
    expect(() => readSettings({ ...from, tell() {} })).toThrow(SettingsError);
  });

  test("a link to nothing may have held a protection", () => {
    symlinkSync(join(folder, "gone.json"), join(userFolder, "qwenlab.config.json"));
    expect(settingsAtStart({ cwd: folder, env })).toMatchObject({ approve: "never", sandbox: "on" });
  });
});

describe("what is no plain file is named, and not waited for", () => {
  const path = () => join(folder, "qwenlab.config.json");
  const hugeFile = () => {
    writeFileSync(path(), "");
    truncateSync(path(), 2 ** 31);
  };
  const SPECIAL: [string, () => void, RegExp][] = [
    ["a pipe", () => execFileSync("mkfifo", [path()]), /not a plain file/],
    ["a link to an endless device", () => symlinkSync("/dev/zero", path()), /leads out of its folder/],
    ["a folder", () => mkdirSync(path()), /not a plain file/],
    ["a link to itself", () => symlinkSync("qwenlab.config.json", path()), /ELOOP|too many/i],
    ["a file of 2 GB", hugeFile, /2147483648 bytes; at most 1000000 are read/],
    ["a link out of the folder", () => symlinkSync(join(userFolder, "secret.json"), path()), /leads out of its folder/],
  ];
  test.skipIf(process.platform === "win32").each(SPECIAL)("%s", (_what, make, message) => {
    writeConfig(userFolder, { approve: "never" });
    writeFileSync(join(userFolder, "secret.json"), '{"password-of-mine":1}');
    make();
    const notes: string[] = [];
    expect(readSettings({ cwd: folder, env, tell: (note) => notes.push(note) }).approve).toBe("never");
    expect(notes).toEqual([expect.stringMatching(message)]);
    expect(notes[0]).not.toContain("password-of-mine");
  });

  test.each(["model", "context", "approve"])("%s that is a list in a list, without end", (key) => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    writeFileSync(join(folder, "qwenlab.config.json"), `{"${key}":${deep}}`);
    const told: string[] = [];
    expect(readSettings({ cwd: folder, env, tell: (note) => told.push(note) }).approve).toBe("ask");
    expect(told.join()).toContain("not a list or an object");
  });

  test("a link within the folder is followed", () => {
    mkdirSync(join(folder, "..data"));
    writeConfig(join(folder, "..data"), { sandbox: "on" });
    symlinkSync(join("..data", "qwenlab.config.json"), path());
    expect(read().sandbox).toBe("on");
  });

  test("bytes of any kind are an error in one line, without what they hold", () => {
    const random = randomNumbers(17);
    for (let trial = 0; trial < 300; trial++) {
      const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256)));
      writeFileSync(path(), bytes);
      const notes: string[] = [];
      readSettings({ cwd: folder, env, tell: (note) => notes.push(note) });
      expect(notes).toEqual([expect.stringMatching(/^[ -~]+$/)]);
    }
  });
});

function orError<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return undefined;
  }
}
