// What the repack-*.wgsl kernels share: the raw blocks of a few rows of a GGUF tensor, read at any byte, and where the
// rows go. In front of a decoder (repack-legacy.wgsl ...) and a writer of planes (repack-planes-*.wgsl).
// Block layouts: https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h, the block_* structs.

struct Chunk {
  rows: u32,         // in `raw`
  first_row: u32,    // of the chunk, in the planes
  row_bytes: u32,    // of a row of `raw`
  row_stride: u32,   // within a tile of 8 rows, in blocks of the planes: as linear-part.wgsl
  block_stride: u32, // in blocks of the planes
  row_blocks: u32,   // of a row of the planes
}

@group(0) @binding(0) var<storage, read> raw: array<u32>; // the file's bytes, and 4 more
@group(0) @binding(1) var<uniform> chunk: Chunk;

fn plane_index(chunk_row: u32, b: u32) -> u32 {
  let row = chunk.first_row + chunk_row;
  return (row / 8) * 8 * chunk.row_blocks + (row % 8) * chunk.row_stride + b * chunk.block_stride;
}

fn raw_word(at: u32) -> u32 {
  let word = raw[at / 4];
  let shift = (at % 4) * 8;
  if (shift == 0) { return word; }
  return (word >> shift) | (raw[at / 4 + 1] << (32 - shift));
}

fn raw_byte(at: u32) -> u32 { return (raw[at / 4] >> ((at % 4) * 8)) & 0xffu; }

fn raw_half(at: u32) -> f32 { return unpack2x16float(raw_word(at)).x; }
