// Blocks that have no plane of quants: linear-quants-2.wgsl and -3 find theirs in the plane of high bits and scales.

alias Raw = u32;

fn load_raw(row: u32, b: u32) -> Raw { return 0; }
