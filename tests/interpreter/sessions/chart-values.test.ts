// What a chart draws is what SQL written apart from it gives.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ChartOptions } from "../../../interpreter/sessions/charts/chart-types.ts";
import { remadeChart } from "../../../interpreter/sessions/confinement/output/chart.ts";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

const VEGA_LITE = "application/vnd.vegalite.v5+json";
const PRODUCTS = ["Tea", "Coffee", "Cocoa"];
const REGIONS = ["North", "South", "West"];

/** A year of sales: each number follows from its place, so that the file is the same everywhere. */
function sales(): string {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const day = new Date(Date.UTC(2023, 0, 1 + ((i * 37) % 365))).toISOString().slice(0, 10);
    const units = i % 40 === 7 ? "" : String(1 + ((i * 31) % 23));
    return `${day},${REGIONS[(i * 7) % 3]},${PRODUCTS[(i * 13 + (i >> 2)) % 3]},Shop ${i % 17},${units},${(2 + ((i * 17) % 90) / 10).toFixed(2)}`;
  });
  return `day,region,product,shop,units,price\n${rows.join("\n")}\n`;
}

/** Four of each unit, one after another. */
const UNITS = {
  year: ["2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01"],
  quarter: ["2023-10-01", "2024-01-01", "2024-04-01", "2024-07-01"],
  month: ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"],
  week: ["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22"],
  day: ["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02"],
  hour: ["2024-01-30 22:00", "2024-01-30 23:00", "2024-01-31 00:00", "2024-01-31 01:00"],
};
const AXIS = {
  year: ["2021", "2022", "2023", "2024"],
  quarter: ["Q4 2023", "Q1 2024", "Q2 2024", "Q3 2024"],
  month: ["Jan 2024", "Feb 2024", "Mar 2024", "Apr 2024"],
  week: ["01 Jan 2024", "08 Jan 2024", "15 Jan 2024", "22 Jan 2024"],
  day: ["30 Jan 2024", "31 Jan 2024", "01 Feb 2024", "02 Feb 2024"],
  hour: ["30 Jan 22:00", "30 Jan 23:00", "31 Jan 00:00", "31 Jan 01:00"],
};

const FILES = {
  "sales.csv": sales(),
  "months.csv": "month,n\nMar,3\nJan,5\nFeb,9\n",
  ...Object.fromEntries(
    Object.entries(UNITS).map(([unit, times]) => [
      `${unit}.csv`,
      `t,n\n${times.map((time, i) => `${time},${i + 1}\n`).join("")}`,
    ]),
  ),
  "towns.csv": "town,lon,lat\nOslo,10.75,59.91\nLyon,4.83,45.76\nKyoto,135.77,35.01\n",
};

const ODD = "SELECT * FROM (VALUES (1.0), ('nan'::DOUBLE), ('inf'::DOUBLE), (4.0), (NULL), ('-inf'::DOUBLE)) t(v)";

let notebook: NotebookSession;
beforeAll(async () => {
  notebook = await openNotebook({ files: FILES });
});
afterAll(() => notebook[Symbol.asyncDispose]());

type Row = Readonly<Record<string, unknown>>;
interface Spec {
  readonly data: { readonly values: readonly Row[] };
  readonly encoding: Readonly<
    Record<string, { readonly field: string; readonly scale?: object; readonly stack?: unknown }>
  >;
  readonly layer: readonly { readonly mark: { readonly type: string }; readonly encoding: Spec["encoding"] }[];
  readonly title: string | { readonly text: string; readonly subtitle: string };
  readonly width: number;
  readonly height: number;
}

async function draw(options: Partial<ChartOptions>) {
  const bundle = await notebook.session.chart({ table: "sales.csv", mark: "bar", x: "region", ...options });
  const spec = bundle[VEGA_LITE] as Spec;
  const note = typeof spec.title === "string" ? "" : spec.title.subtitle;
  return { spec, note, title: typeof spec.title === "string" ? spec.title : spec.title.text, bundle };
}

/** Rows as text, numbers to twelve digits: sums of doubles differ in the last. */
function lines(rows: readonly Row[], fields: readonly string[]): string[] {
  const text = (value: unknown) =>
    typeof value === "number" ? String(Number(value.toPrecision(12))) : String(value).replace(/T00:00:00.*$/, "");
  return rows.map((row) => fields.map((field) => text(row[field])).join(" | ")).sort();
}

const REST =
  "CASE WHEN shop IN (SELECT shop FROM 'sales.csv' GROUP BY shop ORDER BY sum(units) DESC, shop LIMIT 4) THEN shop ELSE 'other (13)' END";

test.each<[string, Partial<ChartOptions>, string]>([
  [
    "an expression",
    { y: "units * price", aggregate: "sum" },
    "SELECT region, sum(units * price) AS \"sum of units * price\" FROM 'sales.csv' GROUP BY 1",
  ],
  [
    "a ratio of sums",
    { y: "sum(units * price) / sum(units)" },
    "SELECT region, sum(units * price) / sum(units) AS \"sum(units * price) / sum(units)\" FROM 'sales.csv' GROUP BY 1",
  ],
  [
    "a query's result",
    { table: "SELECT region, max(price) AS top FROM 'sales.csv' GROUP BY 1", y: "top" },
    "SELECT region, max(price) AS top FROM 'sales.csv' GROUP BY 1",
  ],
  [
    "weeks",
    { x: "day", timeUnit: "week", y: "units", aggregate: "sum" },
    "SELECT date_trunc('week', day)::DATE AS day, sum(units) AS \"sum of units\" FROM 'sales.csv' GROUP BY 1",
  ],
  [
    "quarters by color",
    { x: "day", timeUnit: "quarter", y: "price", aggregate: "mean", color: "product" },
    "SELECT make_date(2023, 3 * quarter(day) - 2, 1) AS day, product, avg(price) AS \"mean of price\" FROM 'sales.csv' GROUP BY ALL",
  ],
  [
    "shares",
    { y: "units", aggregate: "sum", color: "product", share: true },
    "WITH whole AS (SELECT region, sum(units) AS w FROM 'sales.csv' GROUP BY 1) SELECT region, product, sum(units) / any_value(w) AS \"sum of units\" FROM 'sales.csv' JOIN whole USING (region) GROUP BY ALL",
  ],
  [
    "the top and the rest",
    { x: "shop", y: "units", aggregate: "sum", top: 4 },
    `SELECT ${REST} AS shop, sum(units) AS "sum of units" FROM 'sales.csv' GROUP BY 1`,
  ],
  [
    "means of the top and the rest",
    { x: "shop", y: "units", aggregate: "mean", top: 1 },
    "SELECT CASE WHEN shop = (SELECT arg_max(shop, m) FROM (SELECT shop, avg(units) AS m FROM 'sales.csv' GROUP BY 1)) THEN shop ELSE 'other (16)' END AS shop, avg(units) AS \"mean of units\" FROM 'sales.csv' GROUP BY 1",
  ],
  [
    "small multiples",
    { mark: "line", x: "day", timeUnit: "month", y: "units", aggregate: "sum", facet: "product" },
    "SELECT date_trunc('month', day)::DATE AS day, product, sum(units) AS \"sum of units\" FROM 'sales.csv' GROUP BY ALL",
  ],
  [
    "two measures",
    { x: "day", timeUnit: "month", y: "units", y2: "price", aggregate: "mean" },
    "SELECT date_trunc('month', day)::DATE AS day, avg(units) AS \"mean of units\", avg(price) AS \"mean of price\" FROM 'sales.csv' GROUP BY ALL",
  ],
  [
    "a band",
    { mark: "line", x: "day", timeUnit: "month", y: "price", band: true },
    'SELECT date_trunc(\'month\', day)::DATE AS day, avg(price) AS "mean of price", avg(price) - 1.96 * sqrt(var_samp(price) / count(price)) AS "mean of price (low)", avg(price) + 1.96 * sqrt(var_samp(price) / count(price)) AS "mean of price (high)" FROM \'sales.csv\' GROUP BY ALL',
  ],
  [
    "a heat map of sums",
    { mark: "heatmap", y: "product", color: "units", aggregate: "sum" },
    "SELECT region, product, sum(units) AS \"sum of units\" FROM 'sales.csv' GROUP BY ALL",
  ],
  [
    "a histogram by color",
    { x: "price", bin: true, color: "region" },
    "SELECT floor(price / 0.5) * 0.5 AS price, region, count(*) AS count FROM 'sales.csv' GROUP BY ALL",
  ],
  [
    "a histogram with NaN and infinities",
    { table: ODD, x: "v", bin: true },
    "SELECT * FROM (VALUES (1.0, 1), (4.0, 1)) t(v, count)",
  ],
  [
    "a histogram of a column called count",
    { table: "SELECT i AS count FROM range(40) t(i)", x: "count", bin: true },
    'SELECT floor(i / 2) * 2 AS count, count(*) AS "count " FROM range(40) t(i) GROUP BY 1',
  ],
  [
    "a heat map of an expression over months",
    { mark: "heatmap", x: "day", timeUnit: "month", y: "product", color: "units * price", aggregate: "sum" },
    "SELECT date_trunc('month', day)::DATE AS day, product, sum(units * price) AS \"sum of units * price\" FROM 'sales.csv' GROUP BY ALL",
  ],
  [
    "a heat map of means over months, where nothing says so",
    { mark: "heatmap", x: "day", timeUnit: "month", y: "product", color: "price" },
    "SELECT date_trunc('month', day)::DATE AS day, product, avg(price) AS \"mean of price\" FROM 'sales.csv' GROUP BY ALL",
  ],
  [
    "shares over months, of a sum where nothing says so",
    { mark: "area", x: "day", timeUnit: "month", y: "units", color: "product", share: true },
    "SELECT day, product, v / sum(v) OVER (PARTITION BY day) AS \"sum of units\" FROM (SELECT date_trunc('month', day)::DATE AS day, product, sum(units) AS v FROM 'sales.csv' GROUP BY ALL)",
  ],
  ["a map", { table: "towns.csv", mark: "map", x: "lon", y: "lat" }, "SELECT lon, lat FROM 'towns.csv'"],
])("%s", async (_what, options, query) => {
  const { spec, bundle } = await draw(options);
  const { rows, columns } = await notebook.session.sql(query, { locked: true, maxRows: 1_000 });
  const fields = columns.map(({ name }) => name);
  expect(rows.length).toBeGreaterThan(1);
  expect(lines(spec.data.values, fields)).toEqual(lines(rows, fields));
  expect(String(bundle["image/svg+xml"])).toMatch(/^<svg[\s\S]*role="graphics-symbol"/);
  expect(remadeChart(spec)).toHaveProperty("spec"); // confined code may show it, too
});

describe("what is drawn is what is said", () => {
  test("several rows a bar are summed, and it is told", async () => {
    const { title, note, spec } = await draw({ y: "price" });
    expect(title).toBe("sum of price by region");
    expect(note).toMatch(/several rows a place are summed: say aggregate "mean"/);
    expect(spec.data.values).toHaveLength(3);
  });

  test("means of several colors do not stand on each other", async () => {
    const { spec } = await draw({ y: "price", aggregate: "mean", color: "product" });
    expect(spec.encoding).toMatchObject({ xOffset: { field: "product" }, y: { stack: null } });
    expect((await draw({ y: "price", aggregate: "sum", color: "product" })).spec.encoding).toMatchObject({
      y: { stack: "zero" },
    });
  });

  test("rows that are not in it are told", async () => {
    expect((await draw({ y: "units", aggregate: "sum" })).note).toBe("6 of 240 rows without units");
    expect((await draw({ table: ODD, x: "v", bin: true })).note).toBe(
      "1 of 6 rows without v; 3 of 6 rows where v is NaN or infinite",
    );
    expect((await draw({ x: "shop", y: "units", aggregate: "sum", top: 4 })).note).toMatch(
      /^the 4 largest of 17, the rest together/,
    );
  });

  test.each<[string, Partial<ChartOptions>, string[]]>([
    ["the largest first", { y: "units", aggregate: "sum" }, []],
    ["by name", { y: "units", aggregate: "sum", sort: "x" }, ["North", "South", "West"]],
    ["months as they run", { table: "months.csv", x: "month", y: "n" }, ["Jan", "Feb", "Mar"]],
    [
      "numbers by their values",
      { table: "SELECT * FROM (VALUES (1, 5), (2, 9), (3, 2)) t(k, v)", x: "k", y: "v", sort: "descending" },
      ["2", "1", "3"],
    ],
    [
      "quarters as they run",
      { table: "SELECT * FROM (VALUES ('Q1 2024', 5), ('Q4 2023', 9)) t(q, v)", x: "q", y: "v" },
      ["Q4 2023", "Q1 2024"],
    ],
    [
      "times of the day as they run",
      { table: "SELECT * FROM (VALUES (TIME '10:00:00', 5), (TIME '09:30:00', 9)) t(h, v)", x: "h", y: "v" },
      ["09:30:00", "10:00:00"],
    ],
    [
      "ranges as they run",
      { table: "SELECT * FROM (VALUES ('100+', 5), ('0-9', 9), ('10-99', 1)) t(r, v)", x: "r", y: "v" },
      ["0-9", "10-99", "100+"],
    ],
    [
      "a line over names goes by them",
      {
        mark: "line",
        table: "SELECT * FROM (VALUES ('b', 9), ('a', 1), ('c', 5)) t(k, v)",
        x: "k",
        y: "v",
        aggregate: "sum",
      },
      ["a", "b", "c"],
    ],
    ["and over months as they run", { mark: "line", table: "months.csv", x: "month", y: "n" }, ["Jan", "Feb", "Mar"]],
    ["months by their values", { table: "months.csv", x: "month", y: "n", sort: "descending" }, ["Feb", "Jan", "Mar"]],
  ])("bars stand in order: %s", async (_what, options, names) => {
    const { spec } = await draw(options);
    const [x = "", y = ""] = [spec.encoding.x?.field, spec.encoding.y?.field];
    expect(spec.encoding.x).toMatchObject({ sort: null });
    const shown = spec.data.values;
    if (names.length > 0) expect(shown.map((row) => row[x])).toEqual(names);
    else expect(shown.map((row) => Number(row[y]))).toEqual(shown.map((row) => Number(row[y])).sort((a, b) => b - a));
  });

  test("the rest stands last, whatever it sums up to", async () => {
    const { spec } = await draw({ x: "shop", y: "units", aggregate: "sum", top: 4 });
    expect(spec.data.values.at(-1)).toMatchObject({ shop: "other (13)" });
  });

  test("a degree is as long to the north as to the east in the middle of a map", async () => {
    const { spec } = await draw({ table: "towns.csv", mark: "map", x: "lon", y: "lat" });
    const { x, y } = spec.encoding as unknown as Record<string, { scale: { domain: [number, number] } }>;
    const [[west, east], [south, north]] = [x!.scale.domain, y!.scale.domain];
    const pixelsEast = spec.width / (east - west) / Math.cos((((south + north) / 2) * Math.PI) / 180);
    expect(pixelsEast / (spec.height / (north - south))).toBeCloseTo(1, 1);
  });

  test.each([
    ["from north to south", "SELECT 10 + i / 100 AS lon, 40 + i AS lat FROM range(20) t(i)"],
    ["from east to west", "SELECT 10 + i AS lon, 40 + i / 100 AS lat FROM range(20) t(i)"],
  ])("a map of places in a line %s has room for both of its sides", async (_way, table) => {
    const { width, height } = (await draw({ table, mark: "map", x: "lon", y: "lat" })).spec;
    expect(Math.min(width, height) / Math.max(width, height)).toBeCloseTo(0.5, 1);
  });

  test("bars on a logarithm begin at 0, points need none", async () => {
    expect((await draw({ y: "units", aggregate: "sum", log: "y" })).spec.encoding.y?.scale).toEqual({ type: "symlog" });
    expect((await draw({ mark: "point", x: "units", y: "price", log: "both" })).spec.encoding).toMatchObject({
      x: { scale: { type: "log" } },
      y: { scale: { type: "log" } },
    });
  });

  test("what has no mark is told: shares of nothing, ratios to 0", async () => {
    const table = "SELECT * FROM (VALUES ('a', 'x', 0), ('a', 'y', 0), ('b', 'x', 2), ('b', 'y', 4)) t(k, c, v)";
    const { note, bundle } = await draw({ table, x: "k", y: "v", color: "c", share: true });
    expect(note).toBe("2 of 4 shares are of a sum of 0 or of nothing, and not drawn");
    expect(String(bundle["text/plain"])).toContain("k | c | share of sum of v\n");
    expect((await draw({ table, x: "k", y: "sum(v) / sum(v)" })).note).toMatch(/^1 of 2 values of .* not drawn$/);
  });

  test("a line through several rows at one place, and an order that dates do not have, are told", async () => {
    const line = await draw({ mark: "line", x: "day", y: "price" });
    expect(line.note).not.toMatch(/several rows/);
    expect((await draw({ mark: "line", x: "region", y: "price" })).note).toMatch(/^several rows stand at one region/);
    const months = { x: "day", timeUnit: "month", y: "price", aggregate: "sum", sort: "descending" } as const;
    expect((await draw(months)).note).toBe("dates run, whatever sort says");
  });

  test("boxes of several colors stand beside each other, and an area of one place has a point", async () => {
    const boxes = await draw({ mark: "boxplot", y: "units", color: "product" });
    expect(boxes.spec.encoding).toMatchObject({ xOffset: { field: "product" } });
    const area = await draw({ mark: "area", table: "SELECT DATE '2024-03-05' AS d, 5 AS v", x: "d", y: "v" });
    expect(area.spec).toMatchObject({ mark: { type: "area", point: true } });
  });

  test("boxes by month hold the rows of each", async () => {
    const { spec, title } = await draw({ mark: "boxplot", x: "day", timeUnit: "month", y: "price" });
    expect(title).toBe("price by day (month)");
    expect(new Set(spec.data.values.map((row) => row["day"])).size).toBe(12);
    expect(spec.data.values).toHaveLength(240);
  });

  test.each(["INTERVAL '3 hours'", "{'a': 1}", "[1, 2]"])("%s is a name", async (value) => {
    const { spec } = await draw({ table: `SELECT ${value} AS k, 5 AS v`, x: "k", y: "v" });
    expect(spec.encoding.x).toMatchObject({ type: "nominal" });
  });

  test("numbers in the text have all their digits", async () => {
    const { bundle } = await draw({
      table: "SELECT 'all' AS k, 12345678.91 AS total",
      x: "k",
      y: "total",
      aggregate: "sum",
    });
    expect(String(bundle["text/plain"])).toContain("all | 12345678.91");
  });
});

test.each<[string, Partial<ChartOptions>, RegExp]>([
  [
    "a measure that there is not",
    { y: "revenue", aggregate: "sum" },
    /no column "revenue".*y may be an expression of columns/,
  ],
  [
    "an expression of what there is not",
    { y: "units * prize", aggregate: "sum" },
    /no expression of columns: units \* prize:.*prize.*Columns: day, region/s,
  ],
  ["an expression that is no number", { y: "product || shop", aggregate: "max" }, /gives VARCHAR/],
  [
    "an expression that is a query",
    { y: "1) FROM read_csv('/etc/passwd') --", aggregate: "sum" },
    /no expression of columns/,
  ],
  ["an aggregate of an aggregate", { y: "sum(units)", aggregate: "mean" }, /aggregate already/],
  [
    "shares of means",
    { y: "units", aggregate: "mean", color: "product", share: true },
    /a share is of a sum or a count/,
  ],
  [
    "means in steps",
    { x: "units", bin: true, y: "price", aggregate: "mean" },
    /bin counts rows, and draws no mean of price/,
  ],
  [
    "a pie whose slices have no name",
    { mark: "pie", y: "units", color: "product", aggregate: "sum" },
    /the parts of a pie are those of x/,
  ],
  ["shares without parts", { y: "units", aggregate: "sum", share: true }, /share needs a color/],
  ["a band around sums", { y: "units", aggregate: "sum", band: true }, /a band is around means/],
  [
    "a pie of losses",
    { table: "SELECT * FROM (VALUES ('a', -5), ('b', 3)) t(k, v)", mark: "pie", x: "k", y: "v" },
    /a pie shows parts of a whole, and v is below 0 in 1 of 2; take mark "bar"/,
  ],
  [
    "shares of losses",
    {
      table: "SELECT * FROM (VALUES ('a', 'x', -5), ('a', 'y', 3), ('b', 'x', 1)) t(k, c, v)",
      ...{ x: "k", y: "v", color: "c", aggregate: "sum", share: true },
    },
    /shares are parts of a whole, and share of sum of v is below 0 in 1 of 3; leave share out/,
  ],
  [
    "more bars than are looked at",
    { table: "SELECT 'k' || i AS k, i AS v FROM range(6000) t(i)", x: "k", y: "v" },
    /k has at least \d+ values, too many for a bar chart/,
  ],
  ["the top of dates", { x: "day", y: "units", aggregate: "sum", top: 3 }, /top is for names/],
  [
    "two measures with colors",
    { y: "units", y2: "price", color: "product", aggregate: "sum" },
    /y2 needs a y, and no color/,
  ],
  ["a map of names", { mark: "map", x: "shop", y: "units" }, /the longitude as x, the latitude as y/],
  ["a map with x and y swapped", { table: "towns.csv", mark: "map", x: "lat", y: "lon" }, /lon has 135.77.*swapped/],
  [
    "a logarithm of 0",
    { table: "SELECT 0 AS a, 1 AS b", mark: "point", x: "a", y: "b", log: "x" },
    /a is 0 or less in 1 row/,
  ],
])("refuses %s", async (_what, options, message) => {
  await expect(draw(options)).rejects.toThrow(message);
});

describe("few times", () => {
  const units = Object.keys(UNITS) as (keyof typeof UNITS)[];
  test.each(units.flatMap((unit) => (["bar", "line"] as const).map((mark) => [unit, mark] as const)))(
    "each %s has its tick below its %s, and no other time has one",
    async (timeUnit, mark) => {
      const options = { table: `${timeUnit}.csv`, x: "t", y: "n", aggregate: "sum", timeUnit } as const;
      const { spec, bundle } = await draw({ ...options, mark });
      const labels = [...String(bundle["image/svg+xml"]).matchAll(/>([^<>]*)<\/text>/g)].map(([, label]) => label);
      expect(labels.filter((label) => /^(Q\d )?\d{4}$|^(\d\d )?[A-Z][a-z]{2} \d/.test(label!))).toEqual(AXIS[timeUnit]);
      expect(remadeChart(spec)).not.toHaveProperty("problem"); // confined code draws it, too
    },
  );
});
