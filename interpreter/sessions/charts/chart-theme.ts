// How charts look: quiet axes, colours that people with any sight tell apart, as in Observable's palette.

const INK = "#1f2933";
const QUIET = "#6b7480";
const LINES = "#e4e7eb";

export const FIRST = "#4269d0";
export const SECOND = "#e3691c"; // of the second axis

export const THEME = {
  font: "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
  background: "white",
  view: { stroke: null },
  title: {
    ...{ anchor: "start", color: INK, fontSize: 14, fontWeight: 600, offset: 12 },
    ...{ subtitleColor: QUIET, subtitleFontSize: 11, subtitlePadding: 4 },
  },
  axis: {
    ...{ labelColor: QUIET, titleColor: INK, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 500 },
    ...{ domainColor: LINES, tickColor: LINES, gridColor: LINES, titlePadding: 8, labelPadding: 4 },
  },
  axisBand: { grid: false, ticks: false },
  legend: { labelColor: QUIET, titleColor: INK, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 500 },
  header: { labelColor: INK, titleColor: INK, labelFontSize: 12, labelFontWeight: 600, title: null },
  range: {
    category: [
      ...[FIRST, "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#ff8ab7", "#a463f2", "#97bbf5", "#9c6b4e", "#9498a0"],
      ...["#1d3c8f", "#a37200", "#b83c2b", "#2e7d6b", "#1f6b31", "#b44f7c", "#6a2fb0", "#4f7fc7", "#5f3d2a", "#5a5e66"],
    ],
    heatmap: ["#eef2fb", "#c3d1f2", "#8fa9e5", FIRST, "#22418f"],
  },
  mark: { color: FIRST },
  line: { strokeWidth: 2 },
  arc: { stroke: "white", strokeWidth: 1 },
} as const;
