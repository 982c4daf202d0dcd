import { expect, test } from "vitest";
import { chooseTarget } from "../../engine/target.ts";
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
