const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;
const MAX_NAMES = 1_000; // of an expression that somebody typed

/** All that may be a variable's name in an expression; more does no harm. */
export function namesIn(expression: string): string[] {
  return [...new Set(expression.match(NAME))].slice(0, MAX_NAMES);
}
