// Which rows a product multiplies, in front of linear-columns-*.wgsl and linear-rows-*.wgsl: every token's row of x with every row
// of the weight. In its place for experts: linear-of-experts.wgsl.

// Whether this part of the weight has rows for a tile of tokens.
fn has_rows(tile: u32) -> bool { return true; }

fn row_of_x(token: u32) -> u32 { return token; }

// Of the part's rows the first that a tile of tokens is multiplied with.
fn first_row_of(tile: u32) -> u32 { return 0u; }
