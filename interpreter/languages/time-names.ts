// What columns of parts of a time are called: each holds a number or a name of it, and no amount.

const NAMES = {
  year: "year|jahr|année|annee|año|ano|年|年份|年度",
  quarter: "quarter|quartal|trimestre|季度|四半期",
  month: "month|monat|mois|mes|月|月份",
  week: "week|woche|semaine|semana|周|週",
  day: "day|tag|jour|d[ií]a|日",
  weekday: "weekday|dayofweek|wochentag|星期|曜日",
  hour: "hour|stunde|heure|hora|时|時|小时|時間",
  date: "date|datum|fecha|日期|日付",
} as const;

export type TimePart = keyof typeof NAMES;

/** Whether a name is that of such a column, and nothing else: "month". */
export function isNamedAs(name: string, ...parts: readonly TimePart[]): boolean {
  return new RegExp(`^(?:${sourceOf(parts)})$`, "iu").test(name);
}

/** The same, with other words before it: "birth_year". */
export function endsAs(name: string, ...parts: readonly TimePart[]): boolean {
  return new RegExp(`(?:^|[_ ])(?:${sourceOf(parts)})$`, "iu").test(name);
}

function sourceOf(parts: readonly TimePart[]): string {
  return (parts.length > 0 ? parts : (Object.keys(NAMES) as TimePart[])).map((part) => NAMES[part]).join("|"); // as: its own keys
}
