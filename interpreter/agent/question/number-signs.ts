/** How a number is written: 1,234.50 has 2 decimals and commas between thousands, x.xx two decimals, 12 nothing to say. */
export function numberSigns(shown: string): {
  readonly decimals?: number;
  readonly hasComma?: true;
  readonly thousands?: string;
} {
  const [, whole = "", sign = "", decimals = ""] = /^-?(.*?)([.,])([\dxX#]+)$/.exec(shown) ?? [];
  const isOfThousands = /^\d{3}$/.test(decimals) && /^[1-9]\d{0,2}(?:[.,]\d{3})*$/.test(whole);
  const thousands = /\d([.,'\u00a0\u202f])\d{3}(?!\d)/.exec(isOfThousands ? shown : whole)?.[1];
  return {
    ...(sign && !isOfThousands && { decimals: decimals.length }),
    ...(sign === "," && !isOfThousands && { hasComma: true as const }),
    ...(thousands !== undefined && { thousands }),
  };
}
