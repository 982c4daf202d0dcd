import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyNotebooks } from "../../../kernel/setup/notebooks.ts";

test("tutorial notebooks are copied once; a file that the user changed stays as it is", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "notebooks-")), "mine");
  expect(copyNotebooks(folder)).toContain("01-first-notebook.ipynb");
  writeFileSync(join(folder, "cars.csv"), "changed");
  expect(copyNotebooks(folder)).toEqual([]);
  expect(readFileSync(join(folder, "cars.csv"), "utf8")).toBe("changed");
  rmSync(folder, { recursive: true });
});
