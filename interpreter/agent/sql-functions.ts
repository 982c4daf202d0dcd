/** What a question asks for in the languages that the models are best at, and how DuckDB computes it. */
const FUNCTIONS: readonly (readonly [asked: RegExp, call: string])[] = [
  [/correla|corrélation|相关|相関/iu, "corr"],
  [/\bm[eé]dian|中位|中央値/iu, "median"],
  [/percentile|quantile|centile|percentil|百分位|パーセンタイル/iu, "quantile_cont"],
  [/standard deviation|écart[- ]type|desviación (estándar|típica)|标准差|標準偏差/iu, "stddev"],
  [/days? of the week|weekday|jours? de la semaine|días? de la semana|星期|曜日/iu, "dayname"],
];

/** A line that names the functions which the question needs; "" if it needs none of them. Small models make theirs up. */
export function sqlFunctions(question: string): string {
  const calls = FUNCTIONS.filter(([asked]) => asked.test(question)).map(([, call]) => call);
  return calls.length === 0 ? "" : `(Use the function ${calls.join(", ")}.)`;
}
