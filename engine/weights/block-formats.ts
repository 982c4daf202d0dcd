/** How a tensor type stores its values: runs of `blockSize` values along a row, each in `blockBytes` bytes. */
export interface BlockFormat {
  readonly id: number; // ggml_type in the file
  readonly blockSize: number; // values
  readonly blockBytes: number;
}

/** Source: https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h, the block_* structs. */
export const BLOCK_FORMATS = {
  F32: { id: 0, blockSize: 1, blockBytes: 4 },
  F16: { id: 1, blockSize: 1, blockBytes: 2 },
  Q4_0: { id: 2, blockSize: 32, blockBytes: 18 },
  Q4_1: { id: 3, blockSize: 32, blockBytes: 20 },
  Q5_0: { id: 6, blockSize: 32, blockBytes: 22 },
  Q5_1: { id: 7, blockSize: 32, blockBytes: 24 },
  Q8_0: { id: 8, blockSize: 32, blockBytes: 34 },
  Q2_K: { id: 10, blockSize: 256, blockBytes: 84 },
  Q3_K: { id: 11, blockSize: 256, blockBytes: 110 },
  Q4_K: { id: 12, blockSize: 256, blockBytes: 144 },
  Q5_K: { id: 13, blockSize: 256, blockBytes: 176 },
  Q6_K: { id: 14, blockSize: 256, blockBytes: 210 },
  IQ4_NL: { id: 20, blockSize: 32, blockBytes: 18 },
  IQ4_XS: { id: 23, blockSize: 256, blockBytes: 136 },
  BF16: { id: 30, blockSize: 1, blockBytes: 2 },
} as const satisfies Record<string, BlockFormat>;

export type TensorType = keyof typeof BLOCK_FORMATS;

/** Tensor types by their id in the file. */
export const TENSOR_TYPES: ReadonlyMap<number, TensorType> = new Map(
  Object.entries(BLOCK_FORMATS).map(([name, format]) => [format.id, name as TensorType]), // Object.entries widens keys
);

/** ggml's other types, so that an error can name them; ids that are in neither table mean a broken file. */
export const OTHER_TENSOR_TYPES: ReadonlyMap<number, string> = new Map([
  [4, "Q4_2"],
  [5, "Q4_3"],
  [9, "Q8_1"],
  [15, "Q8_K"],
  [16, "IQ2_XXS"],
  [17, "IQ2_XS"],
  [18, "IQ3_XXS"],
  [19, "IQ1_S"],
  [21, "IQ3_S"],
  [22, "IQ2_S"],
  [24, "I8"],
  [25, "I16"],
  [26, "I32"],
  [27, "I64"],
  [28, "F64"],
  [29, "IQ1_M"],
  [31, "Q4_0_4_4"],
  [32, "Q4_0_4_8"],
  [33, "Q4_0_8_8"],
  [34, "TQ1_0"],
  [35, "TQ2_0"],
  [36, "IQ4_NL_4_4"],
  [37, "IQ4_NL_4_8"],
  [38, "IQ4_NL_8_8"],
  [39, "MXFP4"],
  [40, "NVFP4"],
]);
