// Who `qwenlab serve` lets in, by its options and its environment; how the server tells them apart: access.test.ts.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTinyModel } from "../../engine/tiny-model.ts";
import { PROGRAM, qwenlab } from "./qwenlab.ts";

let folder: string;
let model: string[]; // as arguments
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "serve-"));
  model = ["--model", await writeTinyModel(join(folder, "tiny.gguf"))];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Serving implements AsyncDisposable {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  /** Starts the program, and waits until it has told its address, and all that it says before. */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Serving> {
    const serving = new Serving([...model, "--port", "0", ...args], env);
    await expect.poll(() => serving.stdout).toMatch(/^http:\S+\n$/);
    await expect.poll(() => serving.stderr).toContain("Ctrl-C ends\n");
    return serving;
  }

  private constructor(args: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, [PROGRAM, "serve", ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    this.#child = child;
    this.#exited = new Promise((resolve) => child.on("exit", resolve));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
  }

  /** The status of the answer to somebody who asks for the list of models. */
  statusFor(headers: Record<string, string> = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.stdout.trim()}/models`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      asked.on("error", reject).end();
    });
  }

  /** @returns the exit code */
  end(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a key is needed", () => {
  test("which is made for the run and told where none is given: nobody else is let in, nor is any web page", async () => {
    await using serving = await Serving.start([], { QWENLAB_API_KEY: "" });
    const [, url, key = ""] =
      /export OPENAI_BASE_URL=(\S+)\n\s+export OPENAI_API_KEY=([\w-]{43})\n/.exec(serving.stderr) ?? [];
    expect(url).toBe(serving.stdout.trim());
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(await serving.statusFor(bearing(key))).toBe(200);
    expect(await serving.statusFor()).toBe(401);
    expect(await serving.statusFor(bearing(`${key.slice(1)}x`))).toBe(401);
    expect(await serving.statusFor({ ...bearing(key), origin: "http://localhost:3000" })).toBe(403);
    expect(await serving.statusFor({ ...bearing(key), host: "evil.example" })).toBe(403);
    expect(await serving.end()).toBe(0);
  });

  test("which the environment gives, and is not told; pages and names of this machine are those that were listed", async () => {
    const lists = ["--cors", "https://good.example, https://also.example", "--allow-host", "box.example"];
    await using serving = await Serving.start(lists, { QWENLAB_API_KEY: "of-the-environment" });
    const statusFor = (headers: Record<string, string>) =>
      serving.statusFor({ ...bearing("of-the-environment"), ...headers });
    expect(serving.stderr).not.toContain("of-the-environment");
    expect(await serving.statusFor()).toBe(401);
    for (const origin of ["https://good.example", "https://also.example"])
      expect(await statusFor({ origin })).toBe(200);
    expect(await statusFor({ origin: "https://evil.example" })).toBe(403);
    expect(await statusFor({ host: "box.example:8080" })).toBe(200);
    expect(await statusFor({ host: "evil.example" })).toBe(403);
  });

  test("which --token gives, before the environment", async () => {
    await using serving = await Serving.start(["--token", "given"], { QWENLAB_API_KEY: "of-the-environment" });
    expect(await serving.statusFor(bearing("given"))).toBe(200);
    expect(await serving.statusFor(bearing("of-the-environment"))).toBe(401);
  });
});

test("--no-token lets in everybody on this machine, and still no web page", async () => {
  await using serving = await Serving.start(["--no-token"], { QWENLAB_API_KEY: "of-the-environment" });
  expect(await serving.statusFor()).toBe(200);
  expect(await serving.statusFor({ origin: "https://evil.example" })).toBe(403);
  expect(await serving.statusFor({ host: "evil.example" })).toBe(403);
});

describe("does not start", () => {
  test.each<[string[], number, string]>([
    [["--no-token", "--host", "0.0.0.0"], 1, "0.0.0.0 can be reached by others: a token is needed"],
    [["--no-token", "--host", "::"], 1, ":: can be reached by others: a token is needed"],
    [["--no-token", "--cors", "*"], 1, "all web pages let in: a token is needed"],
    [["--no-token", "--token", "x"], 2, "give either --token or --no-token"],
    [["--token", ""], 2, "--token is empty; --no-token lets everybody in"],
    [["--port", "65536"], 2, "--port takes a whole number, 0 to 65535"],
  ])("with %j", async (args, code, message) => {
    const { exitCode, stdout, stderr } = await qwenlab(["serve", ...model, "--port", "0", ...args], {
      cwd: folder,
      timeout: 240_000,
    });
    expect(stderr).toContain(`qwenlab serve: ${message}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
  });
});
