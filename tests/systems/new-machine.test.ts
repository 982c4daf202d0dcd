// What the README promises of systems that are not the one it is developed on: `npm install && npm start`, and an answer.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { modelFile } from "../../engine/index.ts";
import { freePorts } from "../free-ports.ts";
import { execute, startKernel } from "../jupyter-server.ts";
import { alpineLike, whyNotAlpineLike } from "./alpine-like.ts";
import { fedoraLike, whyNotFedoraLike } from "./fedora-like.ts";
import { type NewMachine, newMachine } from "./new-machine.ts";

const LIMIT_MS = 3_600_000; // of what hangs: half a gigabyte is fetched, and the CPU's kernels are compiled
const CACHE = process.env.QWENLAB_CACHE_DIR!; // of setup.ts
const MODEL = "qwen2.5-coder-0.5b";
const CHAT = "%%chat\nSay hello in one word.";

let folder: string; // for a machine's home

beforeEach(() => {
  folder = mkdtempSync(join(CACHE, "new-machine-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const model = () => modelFile(MODEL, { cacheDir: CACHE });
const skipped = (whyNot: string | undefined) => (process.env.CI ? undefined : whyNot);

describe.skipIf(skipped(whyNotFedoraLike()))("without apt, a Vulkan loader and a compiler, as on a new Fedora", () => {
  test("`npm install && npm start` opens JupyterLab; a kernel computes and answers", {
    timeout: LIMIT_MS,
  }, async () => {
    const machine = newMachine(fedoraLike(folder), folder, await model());
    const [port] = await freePorts(1);
    const lab = machine.start(`npm install && npm start -- --no-browser --yes --port ${port} 2>&1`);
    try {
      const url = await addressOf(lab);
      const kernel = await startKernel(url, "qwenlab");
      expect(await execute(url, kernel, "6 * 7")).toContain("42");
      expect(await execute(url, kernel, "%%sql\nselect 6 * 7 as product")).toEqual(
        expect.arrayContaining([expect.stringContaining("42")]),
      );
      expect((await execute(url, kernel, CHAT)).at(-1)).toMatch(/hello/i);
      expect(await machine.run("node bin/qwenlab.js doctor")).toMatch(/^ok +adapter +CPU .*WebGPU finds none/m);
      const generate = `node bin/qwenlab.js generate ${MODEL} --prompt "1, 2, 3," --max-tokens 3`;
      expect(await machine.run(generate)).toMatch(/^ ?4,.*\n$/); // and not a word of what is missing
    } finally {
      lab.kill("SIGKILL");
    }
  });
});

describe.skipIf(skipped(whyNotAlpineLike()))("on musl without a Python, as on a new Alpine", () => {
  test("`npm install` brings what notebooks and models need, and the doctor says what is missing", {
    timeout: LIMIT_MS,
  }, async () => {
    const machine = newMachine(await alpineLike(CACHE, process.env.TEST_PYTHON!, folder), folder, await model());
    await machine.run("npm install");
    expect(await machine.run("node bin/qwenlab.js chat 'Say hello in one word.'")).toMatch(/hello/i);

    const doctor = await machine.run("node bin/qwenlab.js doctor", 1);
    expect(doctor).toMatch(/^ok +adapter +CPU .*WebGPU's library does not load here: .*ld-linux/m);
    expect(doctor).toMatch(/^missing +jupyter/m);
    expect(doctor).toMatch(/^optional +python +no python3/m);
    expect(doctor).toMatch(/^optional +sandbox +bwrap, prlimit(, setpriv)? not found/m);

    expect(
      await outputs(machine, ["6 * 7", "%%sql\nselect 6 * 7 as product", CHAT, "%%bash\nuname", "%%python\n6 * 7"]),
    ).toEqual([
      expect.stringContaining("42"),
      expect.stringContaining("42"),
      expect.stringMatching(/hello/i),
      expect.stringMatching(/no bash in the PATH/),
      expect.stringMatching(/no Python with ipykernel/),
    ]);
    expect(await machine.run("npm start -- --no-browser --yes", 1)).toMatch(
      /needs Python .*found: none.*install python3/,
    );
  });
});

/** The address that `qwenlab lab` prints. */
function addressOf(lab: ReturnType<NewMachine["start"]>): Promise<URL> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [lab.stdout!, lab.stderr!]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        const address = /http:\/\/\S+token=\w+/.exec(line)?.[0];
        if (address) resolve(new URL(address));
      });
    }
    lab.on("close", (exitCode) => reject(new Error(`it ended with ${exitCode}:\n${said.join("\n")}`)));
  });
}

/** The outputs of a notebook's cells, run by `qwenlab run`, a text each. */
async function outputs(machine: NewMachine, sources: readonly string[]): Promise<string[]> {
  const cells = sources.map((source, i) => ({
    ...{ cell_type: "code", id: `cell${i}`, source, outputs: [], execution_count: null },
    metadata: { tags: ["raises-exception"] },
  }));
  const place = join(machine.checkout, "tried");
  mkdirSync(place);
  const notebook = join(place, "notebook.ipynb");
  writeFileSync(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  await machine.run("node bin/qwenlab.js run tried/notebook.ipynb --out tried/notebook.ipynb");
  return JSON.parse(readFileSync(notebook, "utf8")).cells.map((cell: { outputs: unknown }) =>
    JSON.stringify(cell.outputs),
  );
}
