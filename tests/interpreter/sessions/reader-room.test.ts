// The room of the process that reads is a second wall: it is done without only where bubblewrap can make none.
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { createReaderProcess } from "../../../interpreter/sessions/sql/reader/reader-process.ts";

const PATH = process.env.PATH ?? "";
const QUERY = { query: "SELECT 1 AS a", maxRows: 1, named: { fileNames: [], views: [], arrays: [], leftOut: [] } };

afterEach(() => {
  process.env.PATH = PATH;
});

/** @param script what runs in bubblewrap's place */
function ask(script: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "qwenlab-bwrap-")));
  writeFileSync(join(folder, "bwrap"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, "bwrap"), 0o755);
  process.env.PATH = `${folder}${delimiter}${PATH}`;
  const reader = createReaderProcess(folder);
  onTestFinished(async () => {
    await reader.close();
    rmSync(folder, { recursive: true });
  });
  return reader.request("query", QUERY, { seconds: 240 });
}

test.runIf(process.platform === "linux")("where bubblewrap can make no room, the process reads without", async () => {
  await expect(ask("echo 'no user namespaces here' >&2; exit 1")).resolves.toMatchObject({ rows: [{ a: 1 }] });
});

test.runIf(process.platform === "linux")("what fails in its room is told, and is not tried outside of it", async () => {
  const asked = ask(`case "$*" in *child.js*) echo 'no memory left' >&2; exit 1;; esac`);
  await expect(asked).rejects.toThrow("the process that reads files did not start: no memory left");
});

test.runIf(process.platform === "linux")("nor is what takes too long", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const asked = ask(`case "$*" in *child.js*) exec sleep 300;; esac`);
  const refused = expect(asked).rejects.toThrow("not ready after 30 s");
  await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0), { timeout: 240_000 });
  vi.runOnlyPendingTimers();
  await refused;
});
