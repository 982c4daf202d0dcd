/** A sentence that denies something: what it seems to say may be what it does not. */
export const NEGATION = /\b(not|no|nicht|kein\w*|pas)\b|n't\b/i;
