export interface Currency {
  readonly code: string;
  readonly sign: string;
  readonly written: RegExp; // how an answer, or a column's name, says it
}

export const CURRENCIES: readonly Currency[] = [
  { code: "EUR", sign: "€", written: /€|(?<![A-Za-z])(?:EUR|euros?)(?![A-Za-z])|欧元|ユーロ/i },
  {
    code: "USD",
    sign: "$",
    written: /\$|(?<![A-Za-z])(?:USD|US[- ]?dollars?|dollars?|dólar(?:es)?)(?![A-Za-z])|美元|ドル/i,
  },
  { code: "GBP", sign: "£", written: /£|(?<![A-Za-z])(?:GBP|pounds? sterling)(?![A-Za-z])/i },
  { code: "CHF", sign: "CHF", written: /(?<![A-Za-z])(?:CHF|Swiss francs?|Franken)(?![A-Za-z])/i },
  { code: "JPY", sign: "¥", written: /¥|(?<![A-Za-z])(?:JPY|yen)(?![A-Za-z])|円|日元/i },
];

/** "in EUR", "in thousand euros", "auf ganze Euro": behind it ends the clause, else it is what is looked for. */
const IN = String.raw`(?:\b(?:in|en|auf)|以|用)\s*(?:(?:whole|full|ganzen?|vollen?|thousands?|k|millions?|billions?|Tausend|Tsd\.?|Millionen|Mio\.?|Milliarden|Mrd\.?|milliers|miles|millones|milliards)\s+(?:of |de |d['’])?)*`;
const CLAUSE_END =
  /^\s*(?:$|[.,;:?!)。，、]|(?:with|and|rounded|please|to|mit|und|gerundet|bitte|auf|con|y|redondead\p{L}*|por favor|avec|et|arrondi\p{L}*|s['’]il)(?!\p{L}))/iu;

/** The currency that the answer is to be in, as the question writes it. */
export function currencyOf(question: string): (Currency & { readonly said: string }) | undefined {
  for (const currency of CURRENCIES) {
    const words = new RegExp(`${IN}(${currency.written.source})`, "giu");
    for (const { 0: found, 1: said = "", index } of question.matchAll(words))
      if (CLAUSE_END.test(question.slice(index + found.length))) return { ...currency, said };
  }
  return undefined;
}

/** Other currencies that a text names. */
export function otherCurrencies(text: string, { code }: Currency): string[] {
  return CURRENCIES.filter((one) => one.code !== code && one.written.test(text.replaceAll("_", " "))).map(
    (one) => one.code,
  );
}
