// docs/security.md promises: each row names a test that there is.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../docs/security.md"), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| may not |"));

describe("each row of the threat model has its test", () => {
  test("and there are rows", () => expect(rows.length).toBeGreaterThan(30));

  test.each(rows)("%s", (row) => {
    const [, file = "", name = ""] = /\| `([^`]+\.test\.ts)` "(.+)" \|$/.exec(row) ?? [];
    const path = join(import.meta.dirname, file);
    expect(file, "a file and words of a test's name in the last column").not.toBe("");
    expect(existsSync(path), `${file} is there`).toBe(true);
    expect(readFileSync(path, "utf8")).toContain(name);
  });
});
