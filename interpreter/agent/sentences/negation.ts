/** A sentence that denies something: what it seems to say may be what it does not. */
export const NEGATION =
  /(?<!\p{L})(?:not|no|nicht|kein\p{L}*|pas|non|nessun\p{L}*|não|nenhuma?|niet|geen|nie|żad\p{L}+|не|нет|ни)(?!\p{L})|n't(?!\p{L})|않|없|아니/iu;
