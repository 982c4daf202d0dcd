import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { scriptedLanguageModel } from "../scripted-language-model.ts";
import { serveModel } from "./serve-model.ts";

const SCRIPT = new URL("python-client.py", import.meta.url).pathname;

test("OpenAI's client for Python reads all that is answered", async () => {
  await using served = await serveModel(scriptedLanguageModel("abc"));
  const run = promisify(execFile)(process.env.TEST_PYTHON!, [SCRIPT, served.url, served.token]);
  await expect(run).resolves.toMatchObject({ stderr: "" });
});
