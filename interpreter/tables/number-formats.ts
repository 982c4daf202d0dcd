// How a workbook shows its numbers, where that says more than the numbers: currencies, and codes with leading zeros.

export interface ShownNumbers {
  readonly currencies: readonly string[]; // of the cells of a column
  readonly digits: number; // to which all of them are filled up with zeros; 0 where they are not
}

/** What the formats of cells say, by the number of the style. */
export interface NumberFormats {
  readonly currencies: ReadonlyMap<number, string>;
  readonly digits: ReadonlyMap<number, number>;
}

const LOCAL_CURRENCY = new Set([5, 6, 7, 8, 42, 44]); // formats that a workbook does not write out
const CURRENCY = /\[\$([^\]-]+)|["\\]?(US\$|[$€£¥₹₩₽₺]|\b(?:EUR|USD|GBP|CHF|JPY|CNY)\b|zł|\bkr\b)/u;

/** @param styles xl/styles.xml */
export function numberFormats(styles: string): NumberFormats {
  const codes = new Map(
    [...styles.matchAll(/<(?:\w+:)?numFmt\b([^>]*)>/g)].map(([, attributes = ""]) => [
      Number(/\bnumFmtId="(\d+)"/.exec(attributes)?.[1]),
      unescaped(/\bformatCode="([^"]*)"/.exec(attributes)?.[1] ?? ""),
    ]),
  );
  const cells = /<(?:\w+:)?cellXfs\b[^>]*>(.*?)<\/(?:\w+:)?cellXfs>/s.exec(styles)?.[1] ?? "";
  const ids = [...cells.matchAll(/<(?:\w+:)?xf\b[^>]*?\bnumFmtId="(\d+)"/g)].map(([, id]) => Number(id));
  const currencies = new Map<number, string>();
  const digits = new Map<number, number>();
  for (const [style, id] of ids.entries()) {
    const code = codes.get(id) ?? "";
    const [, inBrackets, sign] = CURRENCY.exec(code) ?? [];
    const currency = inBrackets ?? sign ?? (LOCAL_CURRENCY.has(id) ? "$" : undefined);
    if (currency !== undefined) currencies.set(style, currency.trim());
    if (/^0{2,}$/.test(code)) digits.set(style, code.length);
  }
  return { currencies, digits };
}

/** By the letters of the column. @param xml of a sheet */
export function shownNumbers(xml: string, { currencies, digits }: NumberFormats): ReadonlyMap<string, ShownNumbers> {
  const styles = new Map<string, Set<number>>();
  if (currencies.size === 0 && digits.size === 0) return new Map();
  for (const [, attributes = ""] of xml.matchAll(/<(?:\w+:)?c\b([^>]*[^/>])>\s*<(?:\w+:)?[vf]\b/g)) {
    if (/\bt="(?:s|str|inlineStr|b|e)"/.test(attributes)) continue; // no number
    const column = /\br="([A-Z]{1,3})\d/.exec(attributes)?.[1];
    const style = Number(/\bs="(\d+)"/.exec(attributes)?.[1] ?? 0);
    if (column === undefined) continue;
    const known = styles.get(column);
    if (known) known.add(style);
    else styles.set(column, new Set([style]));
  }
  return new Map(
    [...styles].map(([column, own]) => {
      const widths = new Set([...own].map((style) => digits.get(style) ?? 0));
      const signs = new Set([...own].flatMap((style) => currencies.get(style) ?? []));
      return [column, { currencies: [...signs].sort(), digits: widths.size === 1 ? [...widths][0]! : 0 }];
    }),
  );
}

function unescaped(text: string): string {
  return text.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
