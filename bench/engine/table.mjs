// Figures as the README's table: medians, and beside each of a peer's what qwenlab's is of it.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { ROWS } from "./rows.mjs";

const README = new URL("../../README.md", import.meta.url);
const OWN = "qwenlab";

export class Figures {
  #values = new Map(); // by row, then by column

  note(row, column, value) {
    if (!this.#values.has(row)) this.#values.set(row, new Map());
    const columns = this.#values.get(row);
    columns.set(column, [...(columns.get(column) ?? []), value]);
  }

  toMarkdown(columns) {
    const head = [`| | ${columns.join(" | ")} |`, `|${"---|".repeat(columns.length + 1)}`];
    const rows = ROWS.filter((row) => this.#values.has(row)).map((row) => {
      const values = this.#values.get(row);
      const own = median(values.get(OWN));
      return `| ${row} | ${columns.map((column) => cell(column, values.get(column), own)).join(" | ")} |`;
    });
    return [...head, ...rows].join("\n");
  }
}

function cell(column, values, own) {
  if (values === undefined) return "";
  const value = median(values);
  if (column === OWN) return value.toPrecision(3);
  const ratio = own / value;
  const share = ratio < 2 ? `${(100 * ratio).toFixed(0)} %` : `${ratio.toPrecision(ratio < 100 ? 2 : 3)}x`;
  return `${value.toPrecision(3)} (${share})`;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param measured how many rounds each column was measured */
export function caption({ model, adapter, versions, measured, failures }) {
  const rounds = Math.max(...measured.values());
  const fewer = [...measured].filter(([, count]) => count < rounds).map(([column, count]) => `${column}: of ${count}`);
  return [
    `${model}, on ${adapter.name} (${adapter.driver}), ${cpus().length} x ${cpus()[0].model.trim()}, Node ${process.version};`,
    `${versions.join(", ")}.`,
    `Medians of ${rounds} rounds, alternating${fewer.length > 0 ? ` (${fewer.join("; ")})` : ""};`,
    "in brackets qwenlab's figure as a share of the peer's, or from twice on as a multiple.",
    ...failures.map(({ column, reason }) => `${column}, failed here: "${reason}".`),
  ].join(" ");
}

/** Between the comments of this model on this kind of adapter; after the last such table where there is none yet. */
export function writeReadme({ name, adapter }, text) {
  const kind = adapter.isCpu ? "processors" : adapter.isSoftware ? "software" : adapter.name;
  const key = `bench/engine ${name} ${kind}`;
  const [start, end] = [`<!-- ${key} -->`, "<!-- bench/engine end -->"];
  const readme = readFileSync(README, "utf8");
  const block = `${start}\n${text}\n${end}`;
  const from = readme.indexOf(start);
  const to = from < 0 ? readme.lastIndexOf(end) + end.length : readme.indexOf(end, from) + end.length;
  const before = from < 0 ? `${readme.slice(0, to)}\n\n` : readme.slice(0, from);
  writeFileSync(README, before + block + readme.slice(to));
}
