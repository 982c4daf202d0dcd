// A Vega-Lite chart of confined code, written anew from what is known to be only a picture: rows inside, marks, scales,
// titles. No expressions, no events, no addresses; fields get names of ours, since Vega-Lite writes them into expressions.
import { z } from "zod";
import { axisTitle } from "../../charts/chart-encoding.ts";
import { THEME } from "../../charts/chart-theme.ts";
import { plainText } from "./plain-text.ts";

export const VEGA_LITE_TYPE = "application/vnd.vegalite.v5+json";
const SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json";
const MAX_ROWS = 10_000;
const MAX_BINS = 1_000;
const MAX_FIELDS = 50;
const MAX_CHARACTERS = 8 * 2 ** 20; // of all values; a picture of more shows nothing

const text = z.string().max(1_000).transform(plainText);
const color = z.string().regex(/^(#[0-9a-f]{3,8}|[a-z]{1,30})$/i);
const number = z.number().min(-1e15).max(1e15);
const share = z.number().min(0).max(1);
const pixels = z.number().min(0).max(2_000);
const value = z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]);
const oneOf = <const Names extends readonly string[]>(...names: Names) => z.enum(names);

const mark = z.strictObject({
  type: oneOf("bar", "line", "point", "area", "tick", "circle", "square", "rect", "rule", "arc", "boxplot", "trail"),
  ...z.object({ tooltip: z.boolean(), filled: z.boolean(), color, stroke: color, fill: color }).partial().shape,
  ...z
    .object({ point: z.union([z.boolean(), z.strictObject({ color })]), orient: oneOf("vertical", "horizontal") })
    .partial().shape,
  ...z
    .object({ opacity: share, size: pixels, strokeWidth: pixels, innerRadius: pixels, cornerRadius: pixels })
    .partial().shape,
  ...z
    .object({ interpolate: oneOf("linear", "monotone", "step", "step-after", "step-before", "basis", "cardinal") })
    .partial().shape,
});

const scale = z
  .strictObject({
    type: oneOf("linear", "log", "pow", "sqrt", "symlog", "time", "utc", "ordinal", "band", "point"),
    zero: z.boolean(),
    nice: z.boolean(),
    reverse: z.boolean(),
    domain: z.array(z.union([number, text])).max(200),
    range: z.array(z.union([number, color])).max(200),
    scheme: z.string().regex(/^[a-z0-9]{1,30}$/),
  })
  .partial();

const guide = z
  .strictObject({
    title: text.nullable(),
    titleColor: color,
    values: z.array(z.number()).max(200), // where its ticks stand
    format: z.string().regex(/^[\w.,%~$+\-: /]{0,30}$/),
    labelAngle: z.number().min(-360).max(360),
    labels: z.boolean(),
    ticks: z.boolean(),
    grid: z.boolean(),
    orient: oneOf("top", "bottom", "left", "right"),
  })
  .partial();

const channel = z
  .strictObject({
    field: z.string().max(1_000),
    type: oneOf("quantitative", "nominal", "ordinal", "temporal"),
    title: text.nullable(),
    aggregate: oneOf("count", "sum", "mean", "average", "median", "min", "max", "distinct", "stdev", "variance"),
    bin: z.union([
      z.boolean(),
      z.strictObject({ maxbins: z.int().min(1).max(200) }),
      z.strictObject({ binned: z.literal(true), step: z.number().positive() }),
    ]),
    timeUnit: oneOf(
      "year",
      "quarter",
      "month",
      "yearmonth",
      "yearmonthdate",
      "date",
      "day",
      "hours",
      "yearquarter",
      "week",
      "utcyearmonthdate",
      "utcyearmonthdatehours",
    ),
    sort: oneOf("ascending", "descending", "x", "y", "-x", "-y").nullable(),
    stack: z.union([z.boolean(), z.null(), oneOf("zero", "normalize", "center")]),
    scale: scale.nullable(),
    axis: guide.nullable(),
    legend: guide.nullable(),
    value: z.union([number, color]),
    columns: z.int().min(1).max(20), // of small multiples
  })
  .partial();

const encoding = z.partialRecord(
  oneOf(
    "x",
    "y",
    "x2",
    "y2",
    "xOffset",
    "yOffset",
    "color",
    "fill",
    "stroke",
    "size",
    "shape",
    "opacity",
    "theta",
    "radius",
    "detail",
    "order",
    "facet",
    "row",
    "column",
  ),
  channel,
);

const markOrName = z.union([mark.shape.type.transform((type) => ({ type })), mark]);
const side = z.union([z.number().min(1).max(4_000), z.strictObject({ step: z.number().min(1).max(100) })]);
const SPEC = z.strictObject({
  $schema: z.string().optional(),
  title: z.union([text, z.strictObject({ text, subtitle: text.optional() })]).optional(),
  width: side.optional(),
  height: side.optional(),
  config: z.custom((config) => JSON.stringify(config) === JSON.stringify(THEME), "not ours").optional(),
  resolve: z.strictObject({ scale: z.strictObject({ y: z.literal("independent") }) }).optional(),
  data: z.strictObject({ values: z.array(z.record(z.string(), z.unknown())).max(MAX_ROWS) }),
  mark: markOrName.optional(),
  encoding: encoding.optional(),
  layer: z
    .array(z.strictObject({ mark: markOrName, encoding: encoding.optional() }))
    .max(10)
    .optional(),
});

type Channel = z.output<typeof channel>;

/** The chart, or why it cannot be shown. */
export function remadeChart(spec: unknown): { readonly spec: object } | { readonly problem: string } {
  const parsed = SPEC.safeParse(spec);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: plainText(`${issue?.path.join(".") || "it"}: ${issue?.message}`).slice(0, 200) };
  }
  const { data, encoding: whole, layer, title, width, height, mark: ofAll, resolve } = parsed.data;
  const names = new Map<string, string>(); // of fields -> ours
  const renamed = (channels: z.output<typeof encoding> | undefined) =>
    channels && Object.fromEntries(Object.entries(channels).map(([place, about]) => [place, channelOf(about, names)]));
  const made = {
    $schema: SCHEMA,
    ...("config" in parsed.data && { config: THEME }),
    ...(resolve && { resolve }),
    ...(title !== undefined && { title }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(ofAll && { mark: ofAll }),
    ...(whole && { encoding: renamed(whole) }),
    ...(layer && { layer: layer.map((part) => ({ mark: part.mark, encoding: renamed(part.encoding) ?? {} })) }),
  };
  if (names.size > MAX_FIELDS) return { problem: `more than ${MAX_FIELDS} fields` };
  const values: Record<string, unknown>[] = [];
  let characters = 0;
  for (const row of data.values) {
    const shown = rowOf(row, names);
    characters += JSON.stringify(shown).length;
    if (characters > MAX_CHARACTERS) return { problem: "its values are too large" };
    values.push(shown);
  }
  const steps = [whole, ...(layer ?? []).map((part) => part.encoding)].flatMap((channels) =>
    Object.values(channels ?? {}),
  );
  const tooMany = steps.find((about) => about && binCount(about, names, values) > MAX_BINS);
  return tooMany ? { problem: `more than ${MAX_BINS} bins` } : { spec: { ...made, data: { values } } };
}

function channelOf(about: Channel | undefined, names: Map<string, string>): object {
  const { field, title, ...rest } = about ?? {};
  if (field === undefined) return { ...rest, ...(typeof title === "string" && { title: axisTitle(title) }) };
  const name = names.get(field) ?? `c${names.size}`;
  names.set(field, name);
  return { ...rest, field: name, title: title === null ? null : axisTitle(title ?? titleOf(field, rest)) };
}

/** As Vega-Lite would call it. A backslash in a field's name is not of the name. */
function titleOf(field: string, { aggregate, bin, timeUnit }: Channel): string {
  const own = plainText(field.replace(/\\(.)/g, "$1"));
  if (aggregate !== undefined) return `${aggregate} of ${own}`;
  if (timeUnit !== undefined) return `${own} (${timeUnit})`;
  return bin ? `${own} (binned)` : own;
}

function rowOf(row: Readonly<Record<string, unknown>>, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    [...names].map(([field, name]) => {
      const given = Object.hasOwn(row, field) ? row[field] : row[field.replace(/\\(.)/g, "$1")];
      const parsed = value.safeParse(given);
      return [name, parsed.success ? parsed.data : null];
    }),
  );
}

/** Of bins that the rows bring with them, whose number their step tells. */
function binCount(
  { field, bin }: Channel,
  names: ReadonlyMap<string, string>,
  rows: readonly Record<string, unknown>[],
) {
  if (field === undefined || typeof bin !== "object" || !("step" in bin)) return 0;
  const numbers = rows.map((row) => Number(row[names.get(field) ?? ""])).filter(Number.isFinite);
  const [low, high] = numbers.reduce(([a, b], n) => [Math.min(a, n), Math.max(b, n)], [Infinity, -Infinity]);
  return numbers.length === 0 ? 0 : ((high ?? 0) - (low ?? 0)) / bin.step;
}
