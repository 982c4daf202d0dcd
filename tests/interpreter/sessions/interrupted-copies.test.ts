// What a confined cell finds in out/ and leaves there is copied before and after it. An interrupt meanwhile costs no variables,
// however long that takes.
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { type SessionEvent, startTypeScriptSession } from "../../../interpreter/index.ts";
import type { Confinement } from "../../../interpreter/sessions/confinement/confinement.ts";
import { openNotebook } from "./notebook-session.ts";

afterEach(() => void vi.useRealTimers());

/** No room at all, but one whose out/ is copied in `copy`. */
function roomThat(copy: (way: "in" | "out") => Promise<undefined>): Confinement {
  const nothing = async () => undefined;
  return {
    wrap: (command) => command,
    enter: () => ({
      ...{ bringIn: () => copy("in"), bringOut: () => copy("out"), exchangePath: nothing, close: nothing },
      ...{ pathOf: (name) => name, give: async (path) => path, take: nothing },
    }),
  };
}

test.each(["in", "out"] as const)("on the way %s", async (held) => {
  let whenHeld: ((goOn: () => void) => void) | undefined;
  const confinement = roomThat(async (way) => {
    if (way === held && whenHeld) await new Promise<void>((goOn) => whenHeld?.(goOn));
    return undefined;
  });
  await using notebook = await openNotebook();
  const events: SessionEvent[] = [];
  await using session = await startTypeScriptSession({
    cwd: notebook.folder,
    onEvent: (event) => events.push(event),
    confine: () => confinement,
  });
  const run = (code: string, cellId: string) => session.execute(code, { cellId, label: cellId });
  await run("const kept = 5;", "first");

  const isHeld = new Promise<() => void>((resolve) => {
    whenHeld = resolve;
  });
  const running = run(held === "in" ? "await new Promise(() => {})" : "const more = 6;", "second");
  const goOn = await isHeld;
  whenHeld = undefined;
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  session.interrupt();
  vi.advanceTimersByTime(60_000); // to copy 512 MB on a busy machine
  for (let i = 0; i < 5; i++) await nextTurn();
  vi.useRealTimers();
  goOn();

  expect((await running).status).toBe(held === "in" ? "error" : "ok");
  expect(events.filter(({ type }) => type === "session-ended")).toEqual([]);
  expect(await run("kept + 1", "third")).toMatchObject({ result: { data: { "text/plain": "6" } } });
});
