import type { CallableTool } from "../../grammar/call-format.ts";

/** A tool call as a model wrote it, its arguments as JSON text again. */
export interface WrittenCall {
  readonly name: string;
  readonly arguments: string;
}

/**
 * Reads `{"name": ..., "arguments": {...}}`, and what small models make of it where only one reading is possible: raw
 * line breaks in strings, trailing commas, brackets missing at the end. `undefined` for anything else.
 */
export function readCall(text: string, tools: readonly CallableTool[]): WrittenCall | undefined {
  const value = parseLeniently(text.trim());
  if (typeof value !== "object" || value === null) return undefined;
  const { name, arguments: given, parameters } = value as { name?: unknown; arguments?: unknown; parameters?: unknown };
  if (typeof name !== "string" || !tools.some((tool) => tool.name === name)) return undefined;
  const values = typeof given === "string" ? parseLeniently(given) : (given ?? parameters ?? {});
  if (typeof values !== "object" || values === null) return undefined;
  return { name, arguments: JSON.stringify(values) };
}

/** The value, or `undefined` for what is no JSON in any one reading. */
export function parseLeniently(text: string): unknown {
  for (const candidate of [text, repaired(text)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // the next reading
    }
  }
  return undefined;
}

/** Walks the JSON once: escapes raw controls in strings, drops trailing commas, closes what is open at the end. */
function repaired(text: string): string {
  const open: string[] = [];
  let result = "";
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (inString) {
      if (character === "\\") result += character + (text[++i] ?? "");
      else if (character === "\n") result += "\\n";
      else if (character === "\t") result += "\\t";
      else if (character === "\r") result += "\\r";
      else result += character;
      if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    if (character === "{") open.push("}");
    if (character === "[") open.push("]");
    if (character === "}" || character === "]") {
      if (open.pop() !== character) return text; // more than one reading
      result = result.replace(/,\s*$/, "");
    }
    result += character;
    if (open.length === 0 && (character === "}" || character === "]")) return result; // one value; prose may follow
  }
  if (inString) return text;
  return result.replace(/,\s*$/, "") + open.reverse().join("");
}
