import { placed, zero } from "./chart-axes.ts";
import type { Channel, ChartData } from "./chart-data.ts";
import { encoding, escaped } from "./chart-encoding.ts";
import { FIRST, SECOND, THEME } from "./chart-theme.ts";

const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"; // JupyterLab 4.6 renders 5.6: nothing newer in here
const WIDTH = 420; // pixels
const HEIGHT = 260;
const FACET_WIDTH = 200; // of each of the small multiples
const FACET_HEIGHT = 150;
const FACETS_A_ROW = 3;
const MIN_MAP_SIDE = 0.5; // of the longer side of a map
const BAR_STEP = 18; // pixels of a lying bar
const MAX_POINTS_ON_LINE = 40;
const MANY_POINTS = 300; // more of them are half transparent, so that one sees where they are many

export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** Vega-Lite 5.6, with its rows inside. */
export function vegaLiteSpec(data: ChartData): VegaLiteSpec {
  const { note, title, facet, rows } = data;
  return {
    $schema: SCHEMA,
    config: THEME,
    title: note === "" ? title : { text: title, subtitle: note },
    width: facet ? FACET_WIDTH : WIDTH,
    height: facet ? FACET_HEIGHT : HEIGHT,
    data: { values: rows },
    ...body(data),
  };
}

function body(data: ChartData): VegaLiteSpec {
  if (data.mark === "pie") return pie(data);
  if (data.mark === "map") return map(data);
  if (data.y2) return twoMeasures(data, data.y2);
  if (data.band) return withBand(data, data.band);
  return marks(data);
}

function marks(data: ChartData): VegaLiteSpec {
  const { facet, color } = data;
  const { channels, isLying, values } = placed(data);
  return {
    ...(values && { data: { values } }),
    mark: mark(data),
    encoding: {
      ...channels,
      ...(color && { color: colored(data, color) }),
      ...(facet && { facet: { ...encoding(facet), columns: FACETS_A_ROW } }),
    },
    ...(isLying && { height: { step: BAR_STEP } }),
  };
}

function mark({ mark: name, rows, stacking, color, timeUnit, x }: ChartData) {
  if (name === "heatmap") return { type: "rect", tooltip: true };
  if (name === "line") return { type: "line", tooltip: true, point: rows.length <= MAX_POINTS_ON_LINE };
  if (name === "point")
    return { type: "point", tooltip: true, filled: true, opacity: rows.length > MANY_POINTS ? 0.5 : 0.8 };
  if (name === "area")
    return {
      ...{ type: "area", tooltip: true, opacity: color && stacking === "side by side" ? 0.5 : 0.85 },
      ...(rows.every((row) => row[x.field] === rows[0]?.[x.field]) && { point: true }), // from one place to none
    };
  // A bar from date to date may as well lie: Vega-Lite has to be told.
  const isSpan = name === "bar" && timeUnit !== undefined;
  return { type: name, tooltip: true, ...(isSpan && { orient: "vertical", stroke: "white", strokeWidth: 0.5 }) };
}

function colored({ isAggregated, mark: name }: ChartData, color: Channel) {
  const isMeasured = name === "heatmap" && isAggregated;
  return isMeasured ? { ...encoding(color), scale: { zero: false } } : encoding(color);
}

function pie({ x, y, color }: ChartData): VegaLiteSpec {
  return {
    mark: { type: "arc", tooltip: true },
    encoding: {
      theta: y && { ...encoding(y), stack: true },
      color: { ...encoding(color ?? { ...x, type: "nominal" }), sort: null },
    },
  };
}

/** The second measure is a line with an axis on the right; each axis has the colour of its marks. */
function twoMeasures(data: ChartData, second: Channel): VegaLiteSpec {
  const { channels, values } = placed({ ...data, color: undefined });
  const { y, ...across } = channels;
  const inColor = (of: object, titleColor: string) => ({ ...of, axis: { titleColor, grid: titleColor === FIRST } });
  const line = { ...encoding(second), ...zero({ ...data, mark: "line" }) };
  const { x2: _, ...place } = across;
  return {
    ...(values && { data: { values } }),
    layer: [
      { mark: { ...mark(data), color: FIRST, opacity: 0.6 }, encoding: { ...across, y: inColor(y ?? {}, FIRST) } },
      {
        mark: { type: "line", tooltip: true, color: SECOND, point: { color: SECOND } },
        encoding: { ...place, y: inColor(line, SECOND) },
      },
    ],
    resolve: { scale: { y: "independent" } },
  };
}

function withBand(data: ChartData, { low, high }: { low: string; high: string }): VegaLiteSpec {
  const { channels, values } = placed({ ...data, stacking: "side by side" });
  const { y = {}, ...across } = channels;
  const { x2: _, ...place } = across;
  const ends = { y: { ...y, field: escaped(low), title: data.y?.title }, y2: { field: escaped(high) } };
  const isPath = data.mark === "line" || data.mark === "area";
  const around = isPath ? { type: "area", opacity: 0.2 } : { type: "rule", strokeWidth: 1.5, color: "#1f2933" };
  const color = data.color && { color: encoding(data.color) };
  return {
    ...(values && { data: { values } }),
    layer: [
      { mark: isPath ? mark({ ...data, mark: "line" }) : mark(data), encoding: { ...across, y, ...color } },
      { mark: around, encoding: { ...place, ...ends, ...(isPath && color) } },
    ],
  };
}

/** Points on plain axes, a degree as long to the north as to the east in the middle of the map. */
function map(data: ChartData): VegaLiteSpec {
  const { x, y, color, rows } = data;
  const places = [extent(rows, x.field), extent(rows, y!.field)] as const;
  const narrow = Math.cos((((places[1][0] + places[1][1]) / 2) * Math.PI) / 180);
  const least = MIN_MAP_SIDE * Math.max(length(places[0]) * narrow, length(places[1]));
  const [east, north] = [widened(places[0], least / narrow, 180), widened(places[1], least, 90)];
  const wide = length(east) * narrow;
  const high = length(north);
  const scale = Math.min(WIDTH / wide, (HEIGHT * 1.4) / high);
  const axis = (of: Channel, domain: readonly number[]) => ({
    ...encoding(of),
    scale: { domain, nice: false, zero: false },
  });
  return {
    width: Math.round(wide * scale),
    height: Math.round(high * scale),
    mark: mark({ ...data, mark: "point" }),
    encoding: { x: axis(x, east), y: axis(y!, north), ...(color && { color: encoding(color) }) },
  };
}

function length([low, high]: readonly [number, number]): number {
  return high - low;
}

/** Places on a line from north to south would leave no room for the names of degrees. */
function widened([low, high]: readonly [number, number], least: number, limit: number): [number, number] {
  const more = Math.max(0, least - (high - low)) / 2;
  return [Math.max(-limit, low - more), Math.min(limit, high + more)];
}

/** With a margin, so that no point lies on the edge. */
function extent(rows: ChartData["rows"], field: string): [number, number] {
  const values = rows.map((row) => Number(row[field]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low) * 0.05 || 0.01;
  return [low - margin, high + margin];
}
