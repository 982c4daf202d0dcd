// Workbooks are read once for a query and the description of a folder, and few of them are kept.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { excelSheets } from "../../../interpreter/sessions/sql/excel-file.ts";

test("a workbook is kept while it is among the last ones that were asked for", async () => {
  const folder = mkdtempSync(join(tmpdir(), "workbooks-"));
  const files = Array.from({ length: 6 }, (_, i) => {
    const file = { name: `${i}.xlsx`, path: join(folder, `${i}.xlsx`), stem: String(i) };
    writeFileSync(file.path, "no workbook"); // what is kept is the answer, whatever it is
    return file;
  });
  const read = (i: number) => {
    const sheets = excelSheets(files[i]!);
    sheets.catch(() => {});
    return sheets;
  };
  try {
    const [first, second] = [read(0), read(1)];
    const others = [2, 3, 0, 4].map(read);
    expect(read(0)).toBe(first); // it was asked for in between
    expect(read(1)).not.toBe(second);
    await expect(first).rejects.toThrow("0.xlsx");
    await Promise.allSettled([second, ...others]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
