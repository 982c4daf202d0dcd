import { expect, test, vi } from "vitest";
import { describeAdapters, webGpuProblem } from "../../engine/device.ts";
import { openTarget } from "../../engine/open-target.ts";

vi.mock("webgpu", () => {
  throw new Error("ld-linux-x86-64.so.2: No such file or directory"); // as on a Linux without glibc
});

test("where WebGPU's library does not load, models run on the processors", async () => {
  const target = await openTarget({ precision: "fast" });
  expect(target.name).toMatch(/^CPU \(/);
  expect(await describeAdapters()).toEqual([]);
  expect(await webGpuProblem()).toMatch(/^WebGPU.s library does not load here: ./);
});

test.each([{ adapter: "software" }, { kernels: "gpu" }] as const)("who asks for %o is told so", async (wanted) => {
  await expect(openTarget({ precision: "fast", ...wanted })).rejects.toMatchObject({
    code: "no-adapter",
    message: expect.stringMatching(/library does not load here: .*QWENLAB_ADAPTER=cpu/s),
  });
});
