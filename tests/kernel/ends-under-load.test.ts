import { expect, test } from "vitest";
import { isNightly } from "../nightly.ts";
import { KernelProcess } from "./kernel-process.ts";

const WAYS = ["a signal", "a message"] as const;
/** What is looked for is a race: more rounds of all four find it sooner. By day each way and each transport comes once. */
const ALL = WAYS.flatMap((way) => (["tcp", "ipc"] as const).map((transport) => [way, transport] as const));
const CASES = isNightly ? [...ALL, ...ALL] : [ALL[0]!, ALL[3]!];
const FLOOD = `for (let i = 0; ; i++) {
  console.log("x".repeat(1000));
  if (i % 10 === 0) display.html("shown " + i);
  if (i % 100 === 0) await null;
}`;
const IN_FLIGHT = 100; // requests; without a bound a slow machine would be at those before the end for minutes

/** A front end to which answers are always owed; ends with the kernel. */
async function askOn(kernel: KernelProcess, isOver: () => boolean): Promise<void> {
  let asked: string[] = [];
  for (let i = 0; !isOver(); i++) {
    if (i % 5 === 0) asked.push(kernel.send("complete_request", { code: "conso", cursor_pos: 5 }));
    else asked.push(kernel.send("kernel_info_request", {}, { channel: i % 3 === 0 ? "control" : "shell" }));
    while (asked.length >= IN_FLIGHT && !isOver()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      asked = asked.filter((id) => !kernel.hasReply(id));
    }
  }
}

async function beatOn(kernel: KernelProcess, isOver: () => boolean): Promise<void> {
  while (!isOver()) await kernel.heartbeat();
}

for (const [round, [way, transport]] of CASES.entries()) {
  test(`asked to end by ${way} under load over ${transport}, a kernel ends with code 0 and nothing to complain of (${round})`, async () => {
    const kernel = await KernelProcess.start({ transport });
    let over = false;
    const cell = kernel.startCell(FLOOD);
    await kernel.until(() => kernel.printed(cell) !== "");
    void askOn(kernel, () => over);
    void beatOn(kernel, () => over).catch(() => {}); // a beat is under way when the kernel ends
    await new Promise((resolve) => setTimeout(resolve, 37 * round));
    if (way === "a signal") kernel.child.kill("SIGTERM");
    else kernel.send("shutdown_request", { restart: false }, { channel: "control" });
    const code = await kernel.exited;
    over = true;
    expect({ code, log: kernel.log }).toEqual({ code: 0, log: "" });
    await kernel[Symbol.asyncDispose]();
  });
}
