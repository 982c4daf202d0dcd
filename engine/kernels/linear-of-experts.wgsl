// Which rows a product of experts multiplies, in place of linear-dense.wgsl. What it calls a token is a result: one expert's, for one
// token of the step. The results of a tile are of one expert, whose rows lie together in the weight.
// In front of this file: const READS_RESULTS, whether rows of x are results too, or tokens of the step.

@group(0) @binding(6) var<storage, read> results: array<vec2<u32>>; // of each its token and its expert; past the last NO_EXPERT of experts.ts

fn has_rows(tile: u32) -> bool { return results[tile * TOKENS].y - part.first_expert < part.experts; } // less than the first wraps around

fn row_of_x(result: u32) -> u32 { return select(results[result].x, result, READS_RESULTS); }

fn first_row_of(tile: u32) -> u32 { return (results[tile * TOKENS].y - part.first_expert) * part.rows; }
