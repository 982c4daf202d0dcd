// The README's figures of the kernel, beside tslab's own kernel and ipykernel in the same run.
//
//   node bench/kernel.mjs [ROUNDS]
//
// PYTHON names a Python that has ipykernel; without one its column is left out.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startKernel } from "./kernel-client.mjs";
import { median } from "./median.mjs";

const CELLS = 100;
const WRITING_MS = 3_000; // what a person takes for a cell, at least
const rounds = Number(process.argv[2] ?? 3);
const root = fileURLToPath(new URL("..", import.meta.url));
const python = process.env.PYTHON ?? "python3";
const hasIpykernel = spawnSync(python, ["-c", "import ipykernel"]).status === 0;

/** What the cells are in a kernel's language. */
const TYPESCRIPT = {
  first: "const first = 1",
  loop: "let n = 0; for (;;) n++;",
  typedImport: 'import { z } from "zod";\nz.string().parse("text")',
  declaration: (i) => `const name${i}: { readonly a: number } = { a: ${i} };\nconst list${i} = [name${i}, name${i}];`,
  line: (i) => `const line${i} = [${i}, "text"].map((item) => String(item).length);`,
  toComplete: "line7.ma",
};
const PYTHON = {
  first: "first = 1",
  loop: "n = 0\nwhile True: n += 1",
  typedImport: "import decimal\ndecimal.Decimal(1)",
  declaration: (i) => `name${i} = {"a": ${i}}\nlist${i} = [name${i}, name${i}]`,
  line: (i) => `line${i} = [len(str(item)) for item in [${i}, "text"]]`,
  toComplete: "line7.ap",
};

const KERNELS = {
  qwenlab: { command: (file) => [process.execPath, join(root, "bin/qwenlab.js"), "kernel", file], ...TYPESCRIPT },
  tslab: {
    command: (file) => [process.execPath, join(root, "node_modules/tslab/bin/tslab"), "kernel", "--config-path", file],
    interruptedBy: "SIGINT", // as its kernelspec says
    ...TYPESCRIPT,
  },
  ...(hasIpykernel && {
    ipykernel: { command: (file) => [python, "-m", "ipykernel", "-f", file], interruptedBy: "SIGINT", ...PYTHON },
  }),
};
const DECLARING_CELLS = 500;
const EDGE = 20; // of those, the first and the last are compared
const LONG_CELL_LINES = 300;

async function measure(name, note) {
  const folder = mkdtempSync(join(tmpdir(), "bench-kernel-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "node_modules/zod"), join(folder, "node_modules/zod"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies: { zod: "*" } })); // as npm leaves it
  const started = performance.now();
  const kernel = KERNELS[name];
  const { child, client } = await startKernel(kernel.command, folder);
  try {
    await client.request("kernel_info_request", {});
    note("start to kernel_info, ms", performance.now() - started);
    note("first cell, ms", (await client.execute(kernel.first)).ms);
    note("start to the end of the first cell, ms", performance.now() - started);
    note("memory after it, MB", megabytes(child.pid));
    await sleep(WRITING_MS);
    note("the second cell, `1+1`, ms", (await client.execute("1+1")).ms);
    const cells = [];
    for (let i = 0; i < CELLS; i++) cells.push((await client.execute("1+1")).ms);
    note(`1+1, median of ${CELLS}, ms`, median(cells.slice(5)));

    await sleep(WRITING_MS);
    note("a cell that imports a typed package of package.json, ms", (await client.execute(kernel.typedImport)).ms);
    await measureLongCell(client, kernel, note);
    await measureGrowth(client, kernel, note);
    note("memory at the end, MB", megabytes(child.pid));

    const loop = client.execute(kernel.loop);
    await sleep(500);
    note("heartbeat during an endless loop, ms", await client.beat());
    const complete = { code: "Math.ma", cursor_pos: 7 };
    const completion = await Promise.race([client.request("complete_request", complete), sleep(3000)]);
    note("completion during an endless loop, ms", completion?.ms ?? Number.NaN);
    const interrupted = performance.now();
    if (kernel.interruptedBy) child.kill(kernel.interruptedBy);
    else void client.interrupt();
    const ended = await Promise.race([loop, sleep(5000)]);
    note("interrupt of an endless loop, ms", ended ? performance.now() - interrupted : Number.NaN);
  } finally {
    client.close();
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureLongCell(client, { line, toComplete }, note) {
  const lines = Array.from({ length: LONG_CELL_LINES }, (_, i) => line(i));
  const code = [...lines, toComplete].join("\n");
  const once = () => client.request("complete_request", { code, cursor_pos: code.length });
  await once(); // the cell is known then, as while one writes
  const times = [];
  for (let i = 0; i < 5; i++) times.push((await once()).ms);
  note(`completion in a cell of ${LONG_CELL_LINES} lines, ms`, median(times));
}

async function measureGrowth(client, { declaration }, note) {
  const times = [];
  for (let i = 0; i < DECLARING_CELLS; i++) times.push((await client.execute(declaration(i))).ms);
  note("a cell with declarations, ms", median(times.slice(0, EDGE)));
  note(`the same after ${DECLARING_CELLS}, ms`, median(times.slice(-EDGE)));
}

/** Of a process and all that it started, memory that several share counted once (PSS). Linux. */
function megabytes(pid) {
  const parents = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => [Number(entry), Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${entry}/status`))?.[1])]);
  const family = new Set([pid]);
  for (let grown = true; grown; ) {
    const children = parents.filter(([child, parent]) => family.has(parent) && !family.has(child));
    for (const [child] of children) family.add(child);
    grown = children.length > 0;
  }
  const kilobytes = [...family].map((one) =>
    Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${one}/smaps_rollup`))?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it has ended
  }
}

const figures = new Map();
for (let round = 1; round <= rounds; round++) {
  for (const name of Object.keys(KERNELS)) {
    process.stderr.write(`round ${round} of ${rounds}: ${name}\n`);
    await measure(name, (row, value) => {
      const key = `${row}\n${name}`;
      figures.set(key, [...(figures.get(key) ?? []), value]);
    });
  }
}

const names = Object.keys(KERNELS);
console.log(
  `${cpus().length} x ${cpus()[0].model.trim()}; Node ${process.version}; medians of ${rounds}, alternating\n`,
);
console.log(`| | ${names.join(" | ")} |\n|${"---|".repeat(names.length + 1)}`);
for (const row of new Set([...figures.keys()].map((key) => key.split("\n")[0]))) {
  const cells = names.map((name) => {
    const value = median(figures.get(`${row}\n${name}`) ?? [Number.NaN]);
    return Number.isNaN(value) ? "no answer" : Number(value.toPrecision(3)).toString();
  });
  console.log(`| ${row} | ${cells.join(" | ")} |`);
}
process.exit(0);
