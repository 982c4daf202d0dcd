import type { Channel } from "./chart-data.ts";

export function encoding({ field, title, type }: Channel) {
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
export function escaped(field: string): string {
  return field.replace(/[.[\]'"\\]/g, "\\$&");
}
