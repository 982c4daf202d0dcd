// What is shown of a value in one line, from what the inspector says of it.
import type { Runtime } from "node:inspector";

const MAX_CHARACTERS = 1_000; // of a string
const MAX_LINE_CHARACTERS = 200;
const OURS: ReadonlySet<string> = new Set(["Symbol(qwenlab.cell)", "[[FunctionLocation]]", "[[Scopes]]"]);

export function describeValue(value: Runtime.RemoteObject): string {
  const { type, subtype, description = String(value.value), preview } = value;
  if (type === "string") return JSON.stringify(shortened(String(value.value), MAX_CHARACTERS));
  if (type === "undefined" || subtype === "null") return subtype ?? type;
  if (type === "function") return describeFunction(description);
  if (type !== "object") return description;
  if (subtype === "error" || subtype === "date" || subtype === "regexp") return firstLine(description);
  return preview === undefined || subtype?.startsWith("internal") ? firstLine(description) : describePreview(preview);
}

/** Properties that the session adds, and inner ones of V8 that lead to its code. */
export function isOurs(property: string): boolean {
  return OURS.has(property);
}

/** What the front end shows as the type. */
export function typeOf({ type, subtype, className }: Runtime.RemoteObject): string {
  return subtype === "null" ? "null" : (className ?? type);
}

function describeFunction(source: string): string {
  const head = firstLine(source).replace(/\s*\{\s*$/, "");
  return /^class\b/.test(head) ? head : `ƒ ${head.replace(/^(async )?function\s*/, "$1")}`;
}

function describePreview({ subtype, description = "", properties, entries, overflow }: Runtime.ObjectPreview): string {
  const isList = subtype === "array" || subtype === "typedarray";
  const own = properties.filter(({ name }) => !isOurs(name));
  const shown = entries
    ? entries.map(({ key, value }) => (key ? `${previewOf(key)} => ${previewOf(value)}` : previewOf(value)))
    : isList
      ? own.filter(({ name }) => /^\d+$/.test(name)).map(previewOf)
      : own.map((property) => `${property.name}: ${previewOf(property)}`);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  const inside = `${open}${shown.join(", ")}${overflow ? ", …" : ""}${close}`;
  return shortened(description === "Object" ? inside : `${description} ${inside}`, MAX_LINE_CHARACTERS);
}

function previewOf(shown: Runtime.PropertyPreview | Runtime.ObjectPreview): string {
  const text = "name" in shown ? shown.value : shown.description;
  if (shown.type === "string") return JSON.stringify(text);
  if (shown.type === "function") return "ƒ";
  return shown.type === "accessor" ? "(…)" : (text ?? shown.type);
}

function firstLine(text: string): string {
  return shortened(text.split("\n", 1)[0] ?? "", MAX_LINE_CHARACTERS);
}

function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
