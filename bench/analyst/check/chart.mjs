// Whether a chart is the one that was asked for: its mark, and what it draws, as Vega itself computes it.
import { loader, parse, View } from "vega";
import { compile } from "vega-lite";
import { isTable } from "./rows.mjs";

/** @param rows of the reference query; without, the names of the fields are all that is known of it */
export async function isChart(question, spec, rows) {
  if (spec === undefined) return false;
  const { mark } = spec.layer?.[0] ?? spec;
  const drawn = mark.type ?? mark;
  if ((drawn === "circle" ? "point" : drawn) !== question.chart.mark) return false;
  return question.sql === undefined
    ? hasEncodings(question.chart, spec.encoding)
    : isTable({ rows: await drawnRows(spec) }, question, rows);
}

/** Nothing is fetched: a chart holds its values. */
async function drawnRows(spec) {
  const refuse = () => Promise.reject(new Error("a chart of the bench holds its values"));
  const { spec: compiled } = compile(spec, { logger: silent });
  const view = new View(parse(compiled), { loader: { ...loader(), load: refuse }, logger: silent });
  await view.runAsync();
  const { from } = compiled.marks.find((one) => one.from !== undefined);
  const rows = view.data(from.facet?.data ?? from.data);
  view.finalize();
  return rows;
}

const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};

function hasEncodings(wanted, encoding) {
  const fields = Object.values(encoding).map(({ field, title }) => `${field} ${title}`.replaceAll("\\", ""));
  const names = [wanted.x, wanted.y, wanted.color, ...(wanted.fields ?? [])].filter(Boolean);
  if (!names.every((name) => fields.some((field) => field.includes(name)))) return false;
  if (wanted.bin && !encoding.x?.bin) return false;
  const aggregates = { mean: /mean of|avg|mean|average/i, count: /count/i };
  return wanted.aggregate === undefined || fields.some((field) => aggregates[wanted.aggregate].test(field));
}
