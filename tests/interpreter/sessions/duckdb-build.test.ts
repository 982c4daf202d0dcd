import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const database = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/sql/database.js");

/** What opening DuckDB says on another machine's processor, for which npm has installed nothing here. */
function saidOn(arch: string): string {
  const program = `Object.defineProperty(process, "arch", { value: ${JSON.stringify(arch)} });
    const { importDuckDb } = await import(${JSON.stringify(pathToFileURL(database).href)});
    await importDuckDb().catch(({ name, message }) => console.log(name + ": " + message));`;
  return execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
}

test("a build of DuckDB that is not installed is named, with what works without it", () => {
  const other = process.arch === "arm64" ? "x64" : "arm64";
  const said = saidOn(other);
  expect(said).toMatch(
    new RegExp(`^InterpreterError: .* is not installed .*@duckdb/node-bindings-\\w+-${other} is missing`),
  );
  expect(said).toMatch(/npm install .*TypeScript and the model work without it/);
  expect(said).not.toMatch(/Require stack/);
});

test("where DuckDB has no build at all, nobody is told to install it", () => {
  const said = saidOn("riscv64");
  expect(said).toMatch(/^InterpreterError: .*has no build for \w+ riscv64.*TypeScript and the model work without it/);
  expect(said).not.toMatch(/npm install/);
});
