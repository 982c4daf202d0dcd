// What the repack-*.wgsl kernels share: the raw blocks of a few rows of a GGUF tensor, read at any byte. In front of where they
// go (repack-to-*.wgsl), a decoder (repack-legacy.wgsl ...) and a writer of planes (repack-planes-*.wgsl).
// Block layouts: https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h, the block_* structs.

struct Chunk {
  rows: u32,         // in `raw`
  first_row: u32,    // of the chunk, among the source's rows in the planes
  row_bytes: u32,    // of a row of `raw`
  row_blocks: u32,   // of a row
  quants_pitch: u32, // texels of a row of the texture that `quants` becomes
  rest_pitch: u32,   // likewise
  run: u32,          // rows of a source that lie together,
  sources: u32,      // one of each of so many sources in turn,
  source: u32,       // of which this is one
}

@group(0) @binding(0) var<storage, read> raw: array<u32>; // the file's bytes, and 4 more
@group(0) @binding(1) var<uniform> chunk: Chunk;

// Where the chunk's row lies in the planes.
fn plane_row(i: u32) -> u32 {
  let row = chunk.first_row + i;
  return (row / chunk.run * chunk.sources + chunk.source) * chunk.run + row % chunk.run;
}

fn raw_word(at: u32) -> u32 {
  let word = raw[at / 4];
  let shift = (at % 4) * 8;
  if (shift == 0) { return word; }
  return (word >> shift) | (raw[at / 4 + 1] << (32 - shift));
}

fn raw_byte(at: u32) -> u32 { return (raw[at / 4] >> ((at % 4) * 8)) & 0xffu; }

fn raw_half(at: u32) -> u32 { return raw_word(at) & 0xffffu; } // an f16's bits
