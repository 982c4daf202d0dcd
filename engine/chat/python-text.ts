// Python's `str`, which templates mean by `| string`: @huggingface/jinja writes JSON there, and refuses null.
import type { Template } from "@huggingface/jinja";

type Node = Readonly<Record<string, unknown>> | readonly unknown[];

const FUNCTION = "python str"; // no name that a template could use

/** Has a parsed template call `str` where it asks for `| string`; to be rendered with `PYTHON_TEXT` among its values. */
export function withPythonText(template: Template): Template {
  template.parsed = replaced(template.parsed) as Template["parsed"]; // as: the same program but for these filters
  return template;
}

/** Given what the library hands to functions: values whose entries are boxed, each in an object's `value`. */
export const PYTHON_TEXT = { [FUNCTION]: (value: unknown) => (typeof value === "string" ? value : repr(value)) };

function replaced(node: unknown): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (Array.isArray(node)) return node.map(replaced);
  if (node instanceof Map) return new Map([...node].map(([key, entry]) => [replaced(key), replaced(entry)]));
  const entries = Object.fromEntries(Object.entries(node as Node).map(([key, entry]) => [key, replaced(entry)]));
  if (!isStringFilter(entries)) return Object.assign(Object.create(Object.getPrototypeOf(node)), entries);
  return { type: "CallExpression", callee: { type: "Identifier", value: FUNCTION }, args: [entries["operand"]] };
}

function isStringFilter({ type, filter }: Readonly<Record<string, unknown>>): boolean {
  const { type: kind, value } = (filter ?? {}) as { type?: unknown; value?: unknown };
  return type === "FilterExpression" && kind === "Identifier" && value === "string";
}

function repr(value: unknown): string {
  if (value === undefined || value === null) return "None"; // the library gives undefined for its null
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map((entry) => repr(unboxed(entry))).join(", ")}]`;
  if (value instanceof Map) {
    return `{${[...value].map(([key, entry]) => `${quoted(key)}: ${repr(unboxed(entry))}`).join(", ")}}`;
  }
  return String(value);
}

function unboxed(entry: { readonly value: unknown }): unknown {
  return entry.value;
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote;
}
