// A chart as a notebook shows it: Vega-Lite for front ends that draw it, SVG for those that do not, and the numbers as
// text for whoever reads. Never text/html beside it: JupyterLab would show only that.
import { numberText } from "../number-text.ts";
import type { MimeBundle } from "../session.ts";
import { type ChartData, chartData, type RunQuery } from "./chart-data.ts";
import { CHART_OPTIONS, ChartError } from "./chart-options.ts";
import type { ChartOptions } from "./chart-types.ts";
import { type VegaLiteSpec, vegaLiteSpec } from "./vega-lite-spec.ts";

const MAX_TEXT_ROWS = 30;

/** @throws ChartError, SqlError */
export async function buildChart(options: ChartOptions, run: RunQuery): Promise<MimeBundle> {
  const parsed = CHART_OPTIONS.strict().safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ChartError(`chart: ${issue?.path.join(".") || "options"}: ${issue?.message}`);
  }
  const data = await chartData(parsed.data, run);
  const spec = vegaLiteSpec(data);
  return {
    "application/vnd.vegalite.v5+json": spec,
    "image/svg+xml": await renderSvg(spec),
    "text/plain": chartText(data),
  };
}

/** Vega is loaded when the first chart is drawn: it takes a third of a second. */
async function renderSvg(spec: VegaLiteSpec): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import("vega-lite"), import("vega")]);
  const { spec: compiled } = compile(spec as unknown as Parameters<typeof compile>[0], {
    logger: vega.logger(vega.None),
  });
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger: vega.logger(vega.None) });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function chartText({ mark, title, note, rows, columns, isAggregated, y }: ChartData): string {
  const names = columns.map(({ name }) => name);
  const head = `${mark} chart: ${title}${note === "" ? "" : ` (${note})`}`;
  if (!isAggregated) return `${head}\n${rows.length} rows of ${names.join(", ")}`;
  const lines = rows.slice(0, MAX_TEXT_ROWS).map((row) => names.map((name) => valueText(row[name])).join(" | "));
  const more = rows.length > lines.length ? [`(first ${lines.length} of ${rows.length})`] : [];
  const titles = names.map((name) => (name === y?.field ? y.title : name)); // shares are no sums
  return [head, titles.join(" | "), ...lines, ...more].join("\n");
}

function valueText(value: unknown): string {
  return typeof value === "number" ? numberText(value) : String(value ?? "").replace(/T00:00:00.000Z$/, "");
}
