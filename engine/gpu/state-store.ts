import type { Device } from "../device.ts";
import type { StateStore } from "../generation/state-store.ts";
import type { KeyValues } from "../kernels/key-values.ts";
import type { RecurrentState } from "../kernels/recurrent-state.ts";

/** What is there of each layer. */
export interface LayerStates {
  readonly keyValues: readonly KeyValues[];
  readonly numBlocks: number;
  readonly recurrent: readonly RecurrentState[];
}

export function createStateStore(
  { device, settle }: Pick<Device, "device" | "settle">,
  { keyValues, numBlocks, recurrent }: LayerStates,
): StateStore & { readonly byteLength: number; destroy(): void } {
  const blockBytes = keyValues.reduce((sum, { blockBytes }) => sum + blockBytes, 0);
  const snapshotBytes = recurrent.reduce((sum, { bytes }) => sum + bytes, 0);
  const [first] = recurrent;
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const passing = device.createBuffer({ label: "block", size: blockBytes, usage }); // a block on its way

  function encode(copy: (encoder: GPUCommandEncoder) => void): void {
    const encoder = device.createCommandEncoder();
    copy(encoder);
    device.queue.submit([encoder.finish()]);
  }

  function move(
    direction: "save" | "restore",
    encoder: GPUCommandEncoder,
    block: number,
    buffer: GPUBuffer,
    at: number,
  ) {
    for (const layer of keyValues) {
      layer[direction](encoder, block, buffer, at);
      at += layer.blockBytes;
    }
  }

  return {
    ...{ numBlocks, blockBytes, snapshotBytes },
    numSnapshots: first ? first.snapshots.size / first.bytes : 0,
    byteLength: passing.size,

    copyBlock: (from, to) =>
      encode((encoder) => {
        move("save", encoder, from, passing, 0);
        move("restore", encoder, to, passing, 0);
      }),

    writeBlock(block, data) {
      device.queue.writeBuffer(passing, 0, data);
      encode((encoder) => move("restore", encoder, block, passing, 0));
    },

    takeSnapshot: (sequence, place) =>
      encode((encoder) => {
        for (const { sequences, snapshots, bytes } of recurrent) {
          encoder.copyBufferToBuffer(sequences, sequence * bytes, snapshots, place * bytes, bytes);
        }
      }),

    restoreSnapshot: (place, sequence) =>
      encode((encoder) => {
        for (const { sequences, snapshots, bytes } of recurrent) {
          encoder.copyBufferToBuffer(snapshots, place * bytes, sequences, sequence * bytes, bytes);
        }
      }),

    writeSnapshot(place, data) {
      let at = 0;
      for (const { snapshots, bytes } of recurrent) {
        device.queue.writeBuffer(snapshots, place * bytes, data, at, bytes);
        at += bytes;
      }
    },

    async read(blocks, place) {
      const blocksBytes = blocks.length * blockBytes;
      const staging = device.createBuffer({
        label: "prefix",
        size: blocksBytes + (place === undefined ? 0 : snapshotBytes),
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
      encode((encoder) => {
        for (const [i, block] of blocks.entries()) move("save", encoder, block, staging, i * blockBytes);
        if (place === undefined) return;
        let at = blocksBytes;
        for (const { snapshots, bytes } of recurrent) {
          encoder.copyBufferToBuffer(snapshots, place * bytes, staging, at, bytes);
          at += bytes;
        }
      });
      await settle(staging.mapAsync(GPUMapMode.READ));
      const data = new Uint8Array(staging.getMappedRange().slice(0));
      staging.destroy();
      return data;
    },

    destroy: () => passing.destroy(),
  };
}
