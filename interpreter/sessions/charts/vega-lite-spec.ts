import type { Channel, ChartData } from "./chart-data.ts";

const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"; // JupyterLab 4.6 renders 5.6: nothing newer in here
const WIDTH = 420; // pixels
const HEIGHT = 260;
const MAX_BARS_AS_THEY_COME = 24; // more are drawn lying, so that their names can be read
const MAX_CHARACTERS_UPRIGHT = 50; // of all names under an axis: longer ones would run into each other

export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** Vega-Lite 5.6, with its rows inside. */
export function vegaLiteSpec(data: ChartData): VegaLiteSpec {
  return {
    $schema: SCHEMA,
    title: data.note === "" ? data.title : { text: data.title, subtitle: data.note },
    width: WIDTH,
    height: HEIGHT,
    data: { values: data.rows },
    ...(data.mark === "pie" ? pie(data) : data.binStep === undefined ? axes(data) : histogram(data, data.binStep)),
  };
}

function histogram({ x, y, color, rows }: ChartData, step: number) {
  const end = `${x.field} (to)`;
  return {
    data: { values: rows.map((row) => ({ ...row, [end]: Number(row[x.field]) + step })) },
    mark: { type: "bar", tooltip: true },
    encoding: {
      x: { ...encoding(x), bin: { binned: true, step } },
      x2: { field: escaped(end) },
      ...(y && { y: encoding(y) }),
      ...(color && { color: encoding(color) }),
    },
  };
}

function pie({ x, y, color }: ChartData) {
  return {
    mark: { type: "arc", tooltip: true },
    encoding: { theta: y && { ...encoding(y), stack: true }, color: encoding(color ?? { ...x, type: "nominal" }) },
  };
}

function axes(data: ChartData) {
  const { mark, x, y, color, rows } = data;
  const isBar = mark === "bar";
  const isLying = isBar && x.type === "nominal" && rows.length > MAX_BARS_AS_THEY_COME;
  const isShort = x.type === "nominal" && names(data).join("").length <= MAX_CHARACTERS_UPRIGHT;
  const xPlace = {
    ...encoding(x),
    ...(isBar && x.type === "nominal" && { sort: isLying ? "-x" : "-y" }),
    ...(isShort && { axis: { labelAngle: 0 } }),
  };
  const yPlace = y && { ...encoding(y), ...zero(mark) };
  return {
    mark: {
      type: mark === "heatmap" ? "rect" : mark,
      tooltip: true,
      ...(mark === "line" && { point: rows.length <= 40 }),
    },
    encoding: {
      [isLying ? "y" : "x"]: { ...xPlace, ...(x.type === "quantitative" && zero(mark)) },
      ...(yPlace && { [isLying ? "x" : "y"]: yPlace }),
      ...(color && { color: encoding(color) }),
    },
    ...(isLying && { height: { step: 16 } }),
  };
}

function names({ x, rows }: ChartData): string[] {
  return [...new Set(rows.map((row) => String(row[x.field])))];
}

/** Bars and areas begin at zero; points and lines where their values are. */
function zero(mark: ChartData["mark"]) {
  return mark === "point" || mark === "line" || mark === "boxplot" ? { scale: { zero: false } } : {};
}

function encoding({ field, title, type }: Channel) {
  const isYear = /(^|_|\b)year\b/i.test(field);
  return {
    field: escaped(field),
    title: axisTitle(title),
    type,
    ...(type === "temporal" && { scale: { type: "utc" } }), // dates carry no zone: none may move them by a day
    ...(type === "quantitative" && isYear && { axis: { format: "d" } }),
  };
}

/**
 * A title that is only text: Vega-Lite 5.6 writes it into an expression, where a backslash before a quote would end the
 * string; and a tooltip takes the entry "image" for the address of one, and loads it.
 */
export function axisTitle(title: string): string {
  const text = title.replaceAll("\\", "/").replaceAll('"', "'");
  return /^(image|title)$/.test(text) ? `${text} ` : text;
}

/** Vega-Lite reads a dot and a bracket in a name as a path. */
function escaped(field: string): string {
  return field.replace(/[.[\]'"\\]/g, "\\$&");
}
