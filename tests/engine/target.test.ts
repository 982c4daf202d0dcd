import { describe, expect, test } from "vitest";
import { openCpuTarget } from "../../engine/cpu/target.ts";
import { chooseTarget } from "../../engine/gpu/target.ts";
import { openTestDevice } from "./gpu.ts";

const device = await openTestDevice();

test.skipIf(!device)(
  "another driver, precision or kind of kernels has another identity, the same has the same",
  async () => {
    const own = device!;
    const targets = await Promise.all([
      chooseTarget(own, "exact", undefined),
      chooseTarget(own, "fast", undefined),
      chooseTarget({ ...own, kernels: "gpu" }, "exact", undefined),
      chooseTarget({ ...own, info: { ...own.info, driver: "another version" } }, "exact", undefined),
    ]);
    expect(new Set(targets.map(({ identity }) => identity.join())).size).toBe(targets.length);
    expect((await chooseTarget(own, "exact", undefined)).identity).toEqual(targets[0]!.identity);
  },
);

describe("the processors", () => {
  test("each precision has an identity, which no adapter shares", async () => {
    const identities = [openCpuTarget("exact"), openCpuTarget("exact"), openCpuTarget("fast")].map(({ identity }) =>
      identity.join(),
    );
    expect(identities[1]).toBe(identities[0]);
    expect(identities[2]).not.toBe(identities[0]);
    if (!device) return;
    expect(identities).not.toContain((await chooseTarget(device, "exact", undefined)).identity.join());
  });

  test("tell what they copy and multiply a second", async () => {
    const target = openCpuTarget("fast");
    expect(await target.measureCopyBandwidth()).toBeGreaterThan(1e8); // memory of the nineties
    expect(await target.measureInt8Peak()).toBeGreaterThan(1e8);
  });
});
