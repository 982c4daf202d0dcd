// The order in which GPUs add up a row's blocks of 32 columns, the same for every kernel, so that a token's products are the
// same bits in whichever it is computed: lane l takes the blocks l, l + LANES, ...; four lanes' sums are added up, then the fours.

const LANES = 32u;
const FOUR = 4u;
