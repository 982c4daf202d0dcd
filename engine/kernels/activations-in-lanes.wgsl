// Blocks of activations that the 8 lanes of a subgroup hold together, a quad each: what store_block of activations.ts does, in the
// same order, but with a tenth of the loads, each of which costs lavapipe 20 ms to compile. Behind `enable subgroups`.

fn of_8_lanes(v: f32) -> array<f32, 8> { // v of each lane
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}

fn words_of_8_lanes(v: u32) -> array<u32, 8> {
  return array(
    subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u),
    subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u),
  );
}
