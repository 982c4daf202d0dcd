/** Of a column's name: its numbers are percentages already. */
export const NAMES_PERCENT = /percent|pct|prozent|pourcent|porcent|百分/i;

/** Behind a number. */
export const PERCENT_BEHIND =
  /^\s?(?:%|percent|per cent|Prozent|pour ?cent|por ciento|パーセント)(?!(?:age)?[- ]?p(?:oint|unkt))/i;
