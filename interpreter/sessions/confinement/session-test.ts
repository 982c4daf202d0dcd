// The attempts that go through a session: what a cell shows and asks, and memory that only the room's watch sees.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ownFolder } from "../own-processes.ts";
import type { CellOutcome, SessionEvent, TypeScriptSession } from "../session.ts";
import { startTypeScriptSession } from "../typescript/typescript-session.ts";
import { type Confinement, openConfinement } from "./confinement.ts";
import type { Attempt } from "./probes.ts";

const MARK = "qwenlab-probe";
const HEAP_MEGABYTES = 256;
const HELD_MS = 10_000; // what watches a room looks four times a second, and on a busy machine seldom

const GREEDY = `const all = []; for (let i = 0; i < 9; i++) all.push(Buffer.alloc(1e8, 1)); console.log("has it"); setTimeout(() => {}, 1e5);`;
const IN_A_WORKER = `
const { spawn } = require("node:child_process");
const children = [1, 2, 3].map(() => spawn(process.execPath, ["-e", ${JSON.stringify(GREEDY)}], { stdio: ["ignore", "pipe", "inherit"] }));
Promise.all(children.map((child) => new Promise((resolve) => child.stdout.on("data", resolve)))).then(() => setTimeout(() => {
  for (const child of children) child.kill("SIGKILL");
  require("node:worker_threads").parentPort.postMessage("done");
}, ${HELD_MS}));`;

/** Attempts to show what runs outside of the room: each would be in an output as it is written. */
const SHOWN: Readonly<Record<string, string>> = {
  "show HTML": `({ _repr_html_: () => "<script>${MARK}</script>" })`,
  "show SVG": `display.svg("<svg onload='${MARK}'></svg>")`,
  "show JavaScript": `display.javascript("${MARK}")`,
  "show Markdown": `display.markdown("<img src=x onerror='${MARK}'>")`,
  "show a chart with an address": `({ $schema: "https://vega.github.io/schema/vega-lite/v5.json", data: { url: "http://${MARK}.invalid/" }, mark: "bar" })`,
};

/** @param confine gives the room; tests give none, to see that the attempts would succeed */
export async function testThroughSession(
  confine: (folder: string) => Confinement | undefined = openConfinement,
): Promise<Attempt[]> {
  const folder = realpathSync(mkdtempSync(join(ownFolder(), "self-test-")));
  const events: SessionEvent[] = [];
  const session = await startTypeScriptSession({
    cwd: folder,
    heapMegabytes: HEAP_MEGABYTES,
    confine: () => confine(folder),
    onEvent(event) {
      events.push(event);
      if (event.type === "input-request") event.answer("an answer");
    },
  });
  try {
    const attempts: Attempt[] = [];
    for (const [name, code] of Object.entries(SHOWN)) {
      const outcome = await run(session, code);
      const richTypes = [outcome, ...events.splice(0)].flatMap(bundleOf).filter(([type]) => type !== "text/plain");
      const isShown = richTypes.some(([, data]) => JSON.stringify(data).includes(MARK));
      attempts.push({ name, stoppedBy: isShown ? undefined : "it is not shown" });
    }
    attempts.push({ name: "ask the user", stoppedBy: stopOf(await run(session, "await input('Password:')")) });
    const worker = `import { Worker } from "node:worker_threads"; await new Promise((resolve) => new Worker(${JSON.stringify(IN_A_WORKER)}, { eval: true }).on("message", resolve))`;
    attempts.push({ name: "take memory by a worker's children", stoppedBy: stopOf(await run(session, worker)) });
    return attempts;
  } finally {
    await session[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(session: TypeScriptSession, code: string): Promise<CellOutcome> {
  return session.execute(code, { cellId: "self-test", byModel: true });
}

function bundleOf(from: CellOutcome | SessionEvent): [string, unknown][] {
  if ("type" in from) return from.type === "display" ? Object.entries(from.data) : [];
  return from.status === "ok" ? Object.entries(from.result?.data ?? {}) : [];
}

function stopOf(outcome: CellOutcome): string | undefined {
  return outcome.status === "error" ? outcome.error.evalue : undefined;
}
