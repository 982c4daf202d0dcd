import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Consents } from "../../kernel/settings/consents.ts";

let folder: string;
const file = () => join(folder, "consents.json");
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "consents-")), "qwenlab");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

/** As another kernel sees it. */
const has = (what: unknown, kind: "mcp-server" | "remote-model" = "mcp-server") => new Consents(folder).has(kind, what);

test("a consent is kept, for the user alone, and is none to another kind of question or to anything else", () => {
  new Consents(folder).keep("mcp-server", ["/a", "b"]);
  new Consents(folder).keep("mcp-server", "c");
  expect(has(["/a", "b"])).toBe(true);
  expect(has("c")).toBe(true);
  expect(has(["/a", "b"], "remote-model")).toBe(false);
  for (const other of [["/a", "b", ""], ["/a b"], '["/a","b"]', ["/a", ["b"]], undefined])
    expect(has(other)).toBe(false);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test.skipIf(process.platform === "win32")("a file that others may write counts for nothing", () => {
  new Consents(folder).keep("mcp-server", "a");
  chmodSync(file(), 0o666);
  expect(has("a")).toBe(false);
  new Consents(folder).keep("mcp-server", "b");
  expect([has("a"), has("b")]).toEqual([false, true]);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test.skipIf(process.platform === "win32")("a link in its place is not believed, and not written through", () => {
  new Consents(folder).keep("mcp-server", "a");
  const elsewhere = join(folder, "..", "elsewhere.json");
  writeFileSync(elsewhere, readFileSync(file(), "utf8"), { mode: 0o600 });
  rmSync(file());
  symlinkSync(elsewhere, file());
  expect(has("a")).toBe(false);
  const before = readFileSync(elsewhere, "utf8");
  new Consents(folder).keep("mcp-server", "b");
  expect(readFileSync(elsewhere, "utf8")).toBe(before);
  expect(has("b")).toBe(true);
});

test.each(["{", "{}", '[1, null, "x"]', "\u0000"])("%j in its place is as none, and stops nothing", (content) => {
  mkdirSync(folder);
  writeFileSync(file(), content, { mode: 0o600 });
  expect(has("a")).toBe(false);
  new Consents(folder).keep("mcp-server", "a");
  expect(has("a")).toBe(true);
});

test("where it cannot be written, an answer holds for this kernel", () => {
  writeFileSync(folder, "not a folder");
  const consents = new Consents(folder);
  consents.keep("mcp-server", "a");
  expect(consents.has("mcp-server", "a")).toBe(true);
  expect(has("a")).toBe(false);
});
