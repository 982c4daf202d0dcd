// A Linux without glibc (Alpine) cannot be run here; what our native dependencies choose there by what they look at can.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { qwenlab } from "./cli/qwenlab.ts";

const ROOT = join(import.meta.dirname, "../..");
const PRELOAD = join(ROOT, "tests/fixtures/without-glibc.cjs");
const MUSL = "musl-127-Release"; // zeromq's, by Node-API, which later and earlier versions of Node have too

const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

test("what is installed there: DuckDB's build for musl, zeromq's with its package, WebGPU's library although it will not load", () => {
  const { packages } = read("package-lock.json");
  const { version, optionalDependencies } = packages["node_modules/@duckdb/node-bindings"];
  for (const cpu of ["x64", "arm64"]) {
    const name = `@duckdb/node-bindings-linux-${cpu}-musl`;
    expect(optionalDependencies[name]).toBe(version);
    expect(packages[`node_modules/${name}`]).toMatchObject({ version, libc: ["musl"], cpu: [cpu], optional: true });
    expect(existsSync(join(ROOT, `node_modules/zeromq/build/linux/${cpu}/node/${MUSL}/addon.node`))).toBe(true);
  }
  for (const name of ["webgpu", "zeromq"]) {
    const { os, libc, cpu } = packages[`node_modules/${name}`];
    expect([os, libc, cpu]).toEqual([undefined, undefined, undefined]); // else npm would refuse the whole
  }
});

test.skipIf(process.platform !== "linux" || process.arch !== "x64")(
  "the kernel runs TypeScript there, SQL says which package of DuckDB is missing, the doctor why there is no WebGPU",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "qwenlab-without-glibc-"));
    try {
      const cells = ["6 * 7", "%%sql\nselect 1 as one"].map((source, i) => ({
        ...{ cell_type: "code", id: `cell${i}`, source, outputs: [], execution_count: null },
        metadata: { tags: ["raises-exception"] },
      }));
      const path = join(folder, "notebook.ipynb");
      writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
      const loaded = join(folder, "loaded.txt");
      const env = { NODE_OPTIONS: `--require ${PRELOAD}`, LOADED_LIBRARIES: loaded, QWENLAB_ADAPTER: "" };
      await qwenlab(["run", path, "--out", path], { env });
      const [number, error] = JSON.parse(readFileSync(path, "utf8")).cells.map(
        ({ outputs }: { outputs: unknown[] }) => outputs[0],
      );
      expect(number.data["text/plain"]).toBe("42");
      expect(error.evalue).toMatch(
        /^DuckDB, which .* needs?, is not .*@duckdb\/node-bindings-linux-x64-musl is missing; run npm install/,
      );
      const libraries = readFileSync(loaded, "utf8");
      expect(libraries).toContain(MUSL);
      expect(libraries).not.toMatch(/glibc|node-bindings-linux-x64\//); // nothing for another system was tried

      const { checks } = JSON.parse((await qwenlab(["doctor", "--json"], { env })).stdout);
      expect(checks.find(({ name }: { name: string }) => name === "adapter")).toMatchObject({
        state: "ok",
        detail: expect.stringMatching(/^CPU .*no GPU: WebGPU's library does not load here: .*ld-linux/),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
