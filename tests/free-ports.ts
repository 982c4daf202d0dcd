import { isPortFree } from "../kernel/setup/free-port.ts";

/** Below the ports that systems hand out: no server and no connection of another test takes one before it is listened on. */
const [FIRST, LAST] = [10_000, 32_767];

const given = new Set<number>();

/** Ports of loopback that nobody listens on, by chance: tests that run side by side do not get the same ones. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (given.has(port) || !(await isPortFree(port))) continue;
    given.add(port);
    found.push(port);
  }
  return found;
}
