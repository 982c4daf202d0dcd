// Days, months and weekdays as people write them in six languages.

const LANGUAGES = ["en", "de", "es", "fr", "zh", "ja"];

/** @returns "day" for 2024-03-05, "month" for 2024-03, "weekday" for Monday, else undefined */
export function dateKind(value) {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return "day";
  if (/^\d{4}-\d{2}$/.test(value)) return "month";
  return WEEKDAYS.has(value) ? "weekday" : undefined;
}

/** @param isYearKnown the question names the year, so that the answer need not */
export function dateSpellings(value, isYearKnown) {
  const kind = dateKind(value);
  if (kind === "weekday") return WEEKDAYS.get(value);
  const [year, month, day] = value.split("-").map(Number);
  const spelled = kind === "day" ? daySpellings(year, month, day) : monthSpellings(year, month);
  return isYearKnown ? [...spelled, ...yearless(month, day)] : spelled;
}

/** Whether a cell is that day or month: as a text, a time in milliseconds; or the number of a month, where all are of one year. */
export function isDateCell(value, cell) {
  if (cell === null || cell === undefined) return false;
  if (String(cell) === String(Number(value.slice(5)))) return true;
  const isMonth = dateKind(value) === "month";
  return writtenTimes(cell).some(
    (text) =>
      (isMonth ? monthStarts(value).test(text) : text.startsWith(value)) ||
      dateSpellings(value, true).some((spelling) => spelling.toLowerCase() === text.toLowerCase()),
  );
}

/** A time in milliseconds by both clocks: Vega takes a day without a time as one of UTC, and one with a time as local. */
function writtenTimes(cell) {
  if (!(cell instanceof Date) && !(typeof cell === "number" && cell > 1e10)) return [String(cell)];
  const time = new Date(cell);
  return [time, new Date(time.getTime() - time.getTimezoneOffset() * 60_000)].map((one) => one.toISOString());
}

/** The month alone, or its first day; Vega's months without a year are of 2012. "2024-03-17" is another thing. */
function monthStarts(value) {
  return new RegExp(`^(${value}|2012-${value.slice(5)})(-01(\\D|$)|$)`);
}

const WEEKDAYS = new Map(
  [1, 2, 3, 4, 5, 6, 7].map((day) => {
    const date = new Date(Date.UTC(2024, 0, day)); // a Monday comes first
    const names = LANGUAGES.map((language) => named(date, language, { weekday: "long" }));
    return [names[0], names];
  }),
);

function named(date, language, options) {
  return new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options }).format(date);
}

/** Of January first; made once, for a formatter takes a millisecond to make. */
const MONTH_NAMES = Array.from({ length: 12 }, (_, month) => {
  const date = new Date(Date.UTC(2024, month, 1));
  const long = ["en", "de", "es", "fr"].map((language) => named(date, language, { month: "long" }));
  return [...new Set([...long, named(date, "en", { month: "short" })])];
});

function monthSpellings(year, month) {
  const padded = String(month).padStart(2, "0");
  const withNames = MONTH_NAMES[month - 1].flatMap((name) => [
    `${name} ${year}`,
    `${name} de ${year}`,
    `${name} of ${year}`,
  ]);
  return [`${year}-${padded}`, `${padded}/${year}`, `${month}/${year}`, `${year}/${padded}`, `${padded}.${year}`]
    .concat(`${year}年${month}月`, `${year}年${padded}月`)
    .concat(withNames);
}

function daySpellings(year, month, day) {
  const [mm, dd] = [month, day].map((part) => String(part).padStart(2, "0"));
  const numeric = [`${year}-${mm}-${dd}`, `${year}/${mm}/${dd}`, `${year}年${month}月${day}日`];
  const dayFirst = [".", "/", "-"].flatMap((dot) => [
    `${dd}${dot}${mm}${dot}${year}`,
    `${day}${dot}${month}${dot}${year}`,
  ]);
  return [
    ...numeric,
    ...dayFirst,
    ...yearless(month, day).flatMap((text) => [`${text} ${year}`, `${text}, ${year}`, `${text} de ${year}`]),
  ];
}

function yearless(month, day) {
  const names = MONTH_NAMES[month - 1];
  if (day === undefined) return [...names, `${month}月`];
  const spelled = names.flatMap((name) => [`${day} ${name}`, `${day}. ${name}`, `${day} de ${name}`, `${name} ${day}`]);
  return [...spelled, `${month}月${day}日`];
}
