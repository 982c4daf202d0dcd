import { describe, expect, test } from "vitest";
import { describeAdapters, openDevice } from "../../engine/device.ts";
import { EngineError } from "../../engine/errors.ts";
import { profileStep } from "../../engine/gpu/profile.ts";
import { linearVariants } from "../../engine/kernels/linear.ts";
import type { LinearDevice } from "../../engine/kernels/linear-variants.ts";
import { openTestDevice } from "./gpu.ts";

const device = await openTestDevice();

describe.skipIf(!device)("an open adapter", () => {
  test("tells time in nanoseconds, not in Dawn's steps of 65,536 ns: a GPU's kernels take less", async () => {
    const { milliseconds } = await profileStep(device!, []);
    expect(milliseconds).toBeGreaterThan(0); // even of a pass without a dispatch
  });
});

test.skipIf(!device)("a software adapter is found by that word, whatever its driver is called", async () => {
  const software = (await describeAdapters()).filter(({ isSoftware }) => isSoftware);
  const opened = await openDevice({ adapter: "software" }).catch((error: EngineError) => error);
  if (opened instanceof EngineError) expect([opened.code, software]).toEqual(["no-adapter", []]);
  else {
    expect(opened.info.isSoftware).toBe(true);
    opened.dispose();
  }
});

describe("what is likely to be the fastest on a GPU that was not timed yet", () => {
  const GUESSES = {
    "nvidia ada-lovelace": "columns-subgroups",
    "apple metal-3": "columns-subgroups",
    "intel xe-2lpg": "columns-subgroups",
    "amd rdna-3": "columns-subgroups",
    "amd gcn-5": "columns-subgroups",
    "amd gcn-4": "columns",
  };
  for (const [gpu, variant] of Object.entries(GUESSES)) {
    test(`${gpu}: ${variant}`, () => expect(linearVariants(like(gpu, ["subgroups"]))[0]).toBe(variant));
  }

  test("without subgroups: what needs none", () => expect(linearVariants(like("arm", []))).toEqual(["columns"]));
});

function like(gpu: string, features: string[]): LinearDevice {
  const [vendor, architecture = ""] = gpu.split(" ");
  const limits = { maxStorageTexturesPerShaderStage: 8 };
  const adapterInfo = { vendor, architecture, subgroupMinSize: 32, subgroupMaxSize: 32 };
  const device = { adapterInfo, limits, features: new Set(features) } as unknown as GPUDevice;
  return { device, kernels: "gpu" };
}
