// A warm compiler as a file: it is used when it is of the same files, and nothing is lost where it is not there or broken.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { CompileResult } from "../../../interpreter/sessions/typescript/cell-compiler.ts";
import type { CompilerReply } from "../../../interpreter/sessions/typescript/compiler-messages.ts";
import { startCompilerAhead, startCompilerProcess } from "../../../interpreter/sessions/typescript/compiler-process.ts";
import {
  freshSnapshot,
  freshSnapshotIn,
  makeSnapshot,
} from "../../../interpreter/sessions/typescript/compiler-snapshot.ts";

vi.mock("node:child_process", { spy: true });

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "snapshot-"));
  await makeSnapshot(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of cells, by a process that starts from the snapshot at this path, or from the program. */
function compiled(codes: readonly string[], snapshot: string | undefined): Promise<readonly CompilerReply[]> {
  return new Promise((resolve, reject) => {
    const replies: CompilerReply[] = [];
    const compiler = startCompilerProcess({
      ...{ cwd: folder, name: "own", remembered: [], snapshot },
      onEnd: (reason) => reject(new Error(reason)),
      onReply(reply) {
        replies.push(reply);
        if (replies.length < codes.length) return;
        compiler.end();
        resolve(replies);
      },
    });
    compiler.holds(true);
    for (const [id, code] of codes.entries()) compiler.post({ id, method: "compile", args: [code, ""] });
  });
}

test("the build has made one, and it is fresh", () => {
  expect(freshSnapshot()).toMatch(/compiler-v.*\.blob$/);
});

test("from it a process compiles as from the program", async () => {
  const right = [
    "const total = [1, 2].map((n) => n * 2).length; total",
    "import { readFileSync } from 'node:fs'; readFileSync",
    "SharedArrayBuffer; Atomics; WebAssembly; await fetch('http://localhost')",
  ];
  const codes = [...right, "const n: number = 'no'"];
  const warm = await compiled(codes, freshSnapshotIn(folder));
  expect(warm).toEqual(await compiled(codes, undefined));
  expect(warm.map((reply) => "value" in reply && (reply.value as CompileResult).ok)).toEqual([true, true, true, false]);
});

test("one that is no snapshot, or another Node's, is left, and the cell is compiled", async () => {
  const broken = join(folder, "broken.blob");
  writeFileSync(broken, "no snapshot");
  expect((await compiled(["1"], broken))[0]).toHaveProperty("value.ok", true);
});

test("one that was started ahead is the first compiler's, if it is of the same folder", async () => {
  const started = () => vi.mocked(spawn).mock.calls.filter(([, args]) => args?.includes("--snapshot-blob")).length;
  for (const [ahead, needed] of [
    [folder, 1],
    [tmpdir(), 2],
  ] as const) {
    const before = started();
    startCompilerAhead(ahead);
    expect((await compiled(["1"], freshSnapshot()))[0]).toHaveProperty("value.ok", true);
    expect(started() - before).toBe(needed);
  }
});

test("it is not fresh when a file that it was made of is another by now", () => {
  const versions = join(folder, readdirSync(folder).find((name) => name.endsWith(".json"))!);
  const made = JSON.parse(readFileSync(versions, "utf8"));
  const paths = Object.keys(made);
  for (const part of [
    "typescript.js",
    "lib.es5.d.ts",
    "compiler.js",
    "compiler-snapshot.cjs",
    "compiler-snapshot.js",
    "fs.d.ts",
  ]) {
    expect(
      paths.some((path) => path.endsWith(part)),
      part,
    ).toBe(true);
  }
  writeFileSync(versions, JSON.stringify({ ...made, [paths[0]!]: "0:0" }));
  expect(freshSnapshotIn(folder)).toBeUndefined();
  writeFileSync(versions, JSON.stringify({ ...made, "/nothing/here.js": "0:0" }));
  expect(freshSnapshotIn(folder)).toBeUndefined();
  const elsewhere = Object.entries(made).filter(([path]) => !path.includes("compiler-snapshot")); // as a copied dist/ has it
  writeFileSync(versions, JSON.stringify(Object.fromEntries(elsewhere)));
  expect(freshSnapshotIn(folder)).toBeUndefined();
  writeFileSync(versions, JSON.stringify(made));
  expect(freshSnapshotIn(folder)).toBeDefined();
});
