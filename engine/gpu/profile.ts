import type { Device } from "../device.ts";
import { EngineError } from "../errors.ts";
import { byKernel, PROFILE_ROUNDS } from "../kernel-times.ts";
import type { StepProfile } from "../language-model.ts";
import { type Dispatch, encodePass } from "../shader.ts";

const TIMESTAMP_BYTES = 8;

/**
 * Times a step's dispatches, each in a pass of its own, by the adapter's own clock. What overlaps in one pass, or is
 * spent between dispatches, is in the time of the whole step only.
 *
 * @throws EngineError `bad-request` for an adapter without timestamp queries
 */
export async function profileStep(
  { device, info, features, settle }: Device,
  dispatches: readonly Dispatch[],
): Promise<StepProfile> {
  if (!features.has("timestamp-query")) {
    throw new EngineError("bad-request", `The adapter ${info.name} has no timestamp queries; a profile needs them.`);
  }
  const passes = [dispatches, ...dispatches.map((dispatch) => [dispatch])];
  const count = 2 * passes.length;
  const size = count * TIMESTAMP_BYTES;
  const querySet = device.createQuerySet({ label: "profile", type: "timestamp", count });
  const resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const readable = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const fastest = passes.map(() => Number.POSITIVE_INFINITY); // ms
  for (let round = 0; round < PROFILE_ROUNDS; round++) {
    const encoder = device.createCommandEncoder();
    for (const [i, pass] of passes.entries()) {
      const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
      encodePass(encoder, pass, { timestampWrites });
    }
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, readable, 0, size);
    device.queue.submit([encoder.finish()]);
    await settle(readable.mapAsync(GPUMapMode.READ));
    const stamps = new BigUint64Array(readable.getMappedRange()); // ns
    for (const i of passes.keys()) {
      fastest[i] = Math.min(fastest[i]!, Number(stamps[2 * i + 1]! - stamps[2 * i]!) / 1e6);
    }
    readable.unmap();
  }
  querySet.destroy();
  resolved.destroy();
  readable.destroy();
  const [milliseconds, ...each] = fastest;
  return { milliseconds: milliseconds!, dispatches: dispatches.length, kernels: byKernel(dispatches, each) };
}
