import type { KernelTime, StepProfile } from "../../engine/index.ts";

/** What the adapter gives at best. */
export interface AdapterPeaks {
  readonly copyBandwidth: number; // bytes per second
  readonly int8Peak: number; // products per second
}

export interface NamedProfile {
  readonly title: string;
  readonly profile: StepProfile;
}

/** Kernels by time, with what they reach of the adapter's bandwidth and arithmetic. */
export function profileTable({ title, profile }: NamedProfile, peaks: AdapterPeaks): string {
  const { milliseconds, dispatches, kernels } = profile;
  const sum = totalOf(kernels);
  const head = `${title}: ${milliseconds.toFixed(1)} ms in one pass, ${dispatches} dispatches; one by one ${sum.toFixed(1)} ms`;
  const rows = kernels.map((kernel) => [
    kernel.milliseconds.toFixed(2),
    percent(kernel.milliseconds / sum),
    `${kernel.dispatches}`,
    kernel.weightBytes ? percent(perSecond(kernel, kernel.weightBytes) / peaks.copyBandwidth) : "",
    kernel.products ? percent(perSecond(kernel, kernel.products) / peaks.int8Peak) : "",
    kernel.label,
  ]);
  return `${head}\n\n${columns([["ms", "share", "dispatches", "of copy", "of int8", "kernel"], ...rows])}`;
}

/** The same as a picture: a step, above it its kinds of kernels, above them the kernels; as wide as they take time. */
export function profileSvg(profiles: readonly NamedProfile[], subtitle: string): string {
  const flames = profiles.map((named, i) => flame(named, TOP + i * (3 * ROW + GAP)));
  const height = TOP + profiles.length * (3 * ROW + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH + 2 * MARGIN}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
<text x="${MARGIN}" y="20">${escapeXml(subtitle)}</text>
${flames.join("\n")}
</svg>
`;
}

const WIDTH = 1200; // px
const MARGIN = 12;
const TOP = 36;
const ROW = 26;
const GAP = 24;
const PX_PER_CHARACTER = 6.6;
const COLOURS = ["#f4a259", "#8cb369", "#5b8e7d", "#bc4b51", "#f4e285", "#7d8cc4", "#a0a0a0"];

function flame({ title, profile }: NamedProfile, top: number): string {
  const sum = totalOf(profile.kernels);
  const kinds = groupByKind(profile.kernels);
  const boxes: string[] = [];
  const box = (x: number, row: number, milliseconds: number, label: string, colour: string) => {
    const width = (milliseconds / sum) * WIDTH;
    const y = top + (2 - row) * ROW;
    const text = `${label}, ${milliseconds.toFixed(2)} ms`;
    const shown = text.slice(0, Math.max(0, Math.floor((width - 6) / PX_PER_CHARACTER)));
    boxes.push(
      `<g><title>${escapeXml(`${text} (${percent(milliseconds / sum)})`)}</title><rect x="${(MARGIN + x).toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colour}" stroke="white"/>${shown.length > 2 ? `<text x="${(MARGIN + x + 4).toFixed(1)}" y="${y + 17}">${escapeXml(shown)}</text>` : ""}</g>`,
    );
    return width;
  };
  box(0, 0, sum, title, "#d9d9d9");
  let x = 0;
  for (const [i, [kind, kernels]] of [...kinds].entries()) {
    const colour = COLOURS[i % COLOURS.length]!;
    let inner = x;
    for (const kernel of kernels) inner += box(inner, 2, kernel.milliseconds, kernel.label, colour);
    x += box(x, 1, totalOf(kernels), kind, colour);
  }
  return boxes.join("\n");
}

function groupByKind(kernels: readonly KernelTime[]): Map<string, KernelTime[]> {
  const kinds = new Map<string, KernelTime[]>();
  for (const kernel of kernels) {
    const kind = kernel.label.split(/ [\d(]|,/)[0]!; // "linear" of "linear 896 x 4864, 5 bits"
    kinds.set(kind, [...(kinds.get(kind) ?? []), kernel]);
  }
  return kinds;
}

function totalOf(kernels: readonly KernelTime[]): number {
  return kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

function perSecond({ milliseconds }: KernelTime, amount: number): number {
  return amount / (milliseconds / 1000);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** Numbers to the right, the last column to the left. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padStart(widths[column]!))).join("  ");
  return rows.map((row) => `${line(row)}\n`).join("");
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
