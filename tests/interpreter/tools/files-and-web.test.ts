import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readFileTool, type ToolContext, webFetch } from "../../../interpreter/index.ts";
import { fakeSession } from "../fake-session.ts";

const context: ToolContext = {
  session: fakeSession(),
  cellId: "c",
  signal: undefined,
  display() {},
  onSessionEvent: () => () => {},
};

describe("read_file", () => {
  let folder: string;
  let outside: string;
  beforeAll(() => {
    outside = realpathSync(mkdtempSync(join(tmpdir(), "outside-")));
    folder = join(outside, "notebook");
    mkdirSync(join(folder, "sub"), { recursive: true });
    writeFileSync(join(outside, "secret.txt"), "secret");
    writeFileSync(join(folder, "notes.md"), Array.from({ length: 200 }, (_, i) => `line ${i + 1}`).join("\n"));
    writeFileSync(join(folder, ".env"), "KEY=1");
    writeFileSync(join(folder, "binary"), Buffer.from([1, 0, 2]));
    writeFileSync(join(folder, "large.txt"), "x".repeat(3 * 2 ** 20));
    symlinkSync(join(outside, "secret.txt"), join(folder, "link.txt"));
  });
  afterAll(() => rmSync(outside, { recursive: true, force: true }));
  const read = async (path: string, line?: number) =>
    (await readFileTool(folder).call(JSON.stringify({ path, line }), context)).content;

  test("reads lines, and says how many there are", async () => {
    expect(await read("notes.md")).toMatch(/^line 1\nline 2[\s\S]*\(lines 1 to 80 of 200\)$/);
    expect(await read("notes.md", 199)).toBe("line 199\nline 200");
  });

  test("lists a folder, without what is hidden", async () => {
    expect(await read(".")).toBe("binary\nlarge.txt\nlink.txt\nnotes.md\nsub/");
  });

  test.each([
    ["../secret.txt", /outside the notebook's folder/],
    ["/etc/passwd", /outside the notebook's folder/],
    ["link.txt", /outside the notebook's folder/],
    [".env", /hidden/],
    ["binary", /not a text file/],
    ["large.txt", /bytes/],
    ["none.txt", /there is no file none.txt/],
  ])("refuses %s", async (path, reason) => {
    await expect(read(path)).rejects.toThrow(reason);
  });
});

describe("web_fetch", () => {
  test.each([
    "http://127.0.0.1:8888/api",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://0x7f.1/",
  ])("refuses %s", async (url) => {
    await expect(webFetch.call(JSON.stringify({ url }), context)).rejects.toThrow(/not the web/);
  });

  test.each(["file:///etc/passwd", "ftp://example.org", "not a url"])("takes no %s", async (url) => {
    await expect(webFetch.call(JSON.stringify({ url }), context)).rejects.toThrow("url");
  });

  test("acts: each call is asked about", () => expect(webFetch.effect).toBe("acts"));
});
