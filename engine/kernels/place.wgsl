// Where a token of a step stands: the CPU fills in one for each, before the step.
struct Place {
  slot: u32,         // in its sequence's part of the cache: tokens before it
  table: u32,        // where its sequence's block table begins
  sequence: u32,     // which of those that run side by side
  score_scale: f32,  // of its attention's scores, beside 1 / sqrt(head_dim)
}
