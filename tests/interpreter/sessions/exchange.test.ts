import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PythonSession, type TypeScriptSession, toTypeScript } from "../../../interpreter/index.ts";

const MORE_THAN_A_STRING = 2 ** 30; // bytes

let path: string;
beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), "qwenlab-exchange-")), "value");
  await writeFile(path, "");
  await truncate(path, MORE_THAN_A_STRING); // takes no place on the disk
});
afterAll(() => rm(join(path, ".."), { recursive: true }));

test.each(["json", "records"] as const)(
  "a large value of Python's (%s) is read by the session, not by this process",
  async (format) => {
    const done: string[] = [];
    const python = { get: (_name: string, use: (value: object) => unknown) => use({ format, path }) };
    const session = {
      execute: async (code: string) => ({ status: done.push(code) > 0 ? "ok" : "error" }),
      sql: async (query: string) => void done.push(query),
    };
    // as: what toTypeScript() asks of the two
    await toTypeScript("x", python as unknown as PythonSession, session as unknown as TypeScriptSession, "cell-1");
    expect(done).toEqual([expect.stringContaining(path)]);
  },
);
