// Where marks stand: along which axis, from where to where, on which scale.
import type { ChartData } from "./chart-data.ts";
import { encoding, escaped } from "./chart-encoding.ts";
import { isPath } from "./drawn.ts";

const MAX_BARS_AS_THEY_COME = 24; // more are drawn lying, so that their names can be read
const MAX_CHARACTERS_UPRIGHT = 50; // of all names under an axis: longer ones would run into each other
const MAX_TICKS = 12; // of more times Vega-Lite chooses some: by then it takes none that lies between two of them
const DATE_FORMATS = {
  year: "%Y",
  quarter: "Q%q %Y",
  month: "%b %Y",
  week: "%d %b %Y",
  day: "%d %b %Y",
  hour: "%d %b %H:%M",
};

type Encoding = Readonly<Record<string, unknown>>;

export interface Placed {
  readonly channels: Readonly<Record<string, Encoding>>;
  readonly isLying: boolean;
  readonly values?: ChartData["rows"]; // with the ends of bars that span a step or a time
}

export function placed(data: ChartData): Placed {
  const { x, y, mark, binStep, timeUnit, rows } = data;
  const end = `${x.field} (to)`;
  const spans = mark === "bar" && (binStep !== undefined || timeUnit !== undefined) && !isBeside(data);
  const isNamed = (mark === "bar" || isPath(data)) && x.type === "nominal"; // their rows are in the order of the axis
  const isLying = isNamed && mark === "bar" && new Set(rows.map((row) => row[x.field])).size > MAX_BARS_AS_THEY_COME;
  const across = {
    ...encoding(isListed(data) ? { ...x, type: "ordinal" } : x),
    ...(isNamed && { sort: null }),
    ...axisOfX(data, spans),
    ...scaleOfX(data),
  };
  const channels = {
    [isLying ? "y" : "x"]: binStep === undefined ? across : { ...across, bin: { binned: true, step: binStep } },
    ...(spans && { x2: { field: escaped(end) } }),
    ...(y && { [isLying ? "x" : "y"]: measured(data) }),
    ...(isBeside(data) && data.color && { [isLying ? "yOffset" : "xOffset"]: { field: escaped(data.color.field) } }),
  };
  const values = spans ? rows.map((row) => ({ ...row, [end]: endOf(row[x.field], data) })) : undefined;
  return { channels, isLying, ...(values && { values }) };
}

/** Bars of several colours whose sum says nothing stand side by side, on an axis of names; and so do boxes. */
function isBeside({ mark, x, color, stacking }: ChartData): boolean {
  if (color === undefined || color.field === x.field) return false;
  return mark === "boxplot" || (mark === "bar" && stacking === "side by side");
}

/** Times that stand like names beside each other. */
function isListed(data: ChartData): boolean {
  return data.x.type === "temporal" && (isBeside(data) || /^(heatmap|boxplot)$/.test(data.mark));
}

function axisOfX(data: ChartData, spans: boolean): Encoding {
  const { x, timeUnit } = data;
  if (x.type === "temporal" && timeUnit !== undefined) {
    const format = DATE_FORMATS[timeUnit];
    return isListed(data)
      ? { axis: { format }, timeUnit: timeUnit === "hour" ? "utcyearmonthdatehours" : "utcyearmonthdate" }
      : { axis: { format, ...ticks(data, spans) } };
  }
  const isShort = x.type === "nominal" && names(data).join("").length <= MAX_CHARACTERS_UPRIGHT;
  return isShort ? { axis: { labelAngle: 0 } } : {};
}

/**
 * Of few times each has its tick, under the middle of its bar where it is told there as at its beginning. Vega-Lite would take
 * weeks between four months, and call the last of December "Dec 2023" and the 28th of January "Jan 2024".
 */
function ticks(data: ChartData, spans: boolean): Encoding {
  const { x, rows, timeUnit } = data;
  const starts = [...new Set(rows.map((row) => row[x.field]).filter((start) => start !== null))];
  if (starts.length > MAX_TICKS) return {};
  const isMiddle = spans && timeUnit !== "hour" && timeUnit !== "week";
  const values = starts.map((start) => {
    const from = Date.parse(String(start));
    return isMiddle ? (from + Date.parse(String(endOf(start, data)))) / 2 : from;
  });
  return { values };
}

function scaleOfX(data: ChartData): Encoding {
  const { x, log, mark } = data;
  if (x.type !== "quantitative" || data.binStep !== undefined) return {};
  return log === "x" || log === "both" ? { scale: { type: logType(mark) } } : zero(data);
}

function measured(data: ChartData): Encoding {
  const { y, mark, log, isShare, stacking, color } = data;
  const isLog = y!.type === "quantitative" && (log === "y" || log === "both");
  return {
    ...encoding(y!),
    ...(isLog ? { scale: { type: logType(mark) } } : zero(data)),
    ...(isShare && { axis: { format: ".0%" } }),
    ...(color && /^(bar|area)$/.test(mark) && { stack: stacking === "stacked" ? "zero" : null }),
  };
}

/** Bars and areas begin at 0, which a logarithm does not have: near it their scale is linear. */
function logType(mark: ChartData["mark"]): string {
  return mark === "bar" || mark === "area" ? "symlog" : "log";
}

/** Bars and areas begin at zero; points and lines where their values are. */
export function zero({ mark }: Pick<ChartData, "mark">): Encoding {
  return mark === "point" || mark === "line" || mark === "boxplot" ? { scale: { zero: false } } : {};
}

function endOf(start: unknown, { binStep, timeUnit }: ChartData): unknown {
  if (binStep !== undefined) return Number(start) + binStep;
  const date = new Date(String(start));
  if (timeUnit === "hour") return new Date(date.getTime() + 3_600_000).toISOString();
  const days = { week: 7, day: 1 };
  const months = { year: 12, quarter: 3, month: 1 };
  if (timeUnit === "week" || timeUnit === "day") date.setUTCDate(date.getUTCDate() + days[timeUnit]);
  else date.setUTCMonth(date.getUTCMonth() + (months[timeUnit as keyof typeof months] ?? 0));
  return date.toISOString();
}

function names({ x, rows }: ChartData): string[] {
  return [...new Set(rows.map((row) => String(row[x.field])))];
}
