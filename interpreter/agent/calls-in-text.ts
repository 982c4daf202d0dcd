import type { ToolCall } from "../chat-model.ts";
import type { Tool } from "../tools/tool.ts";

/** A fenced block whose language is also a tool. */
const BLOCK =
  /```(sql|duckdb|chart|typescript|ts|javascript|js|python|py|json|)[ \t]*\r?\n([\s\S]*?)(?:\n[ \t]*```|$)/i;
/** A query without a block around it; prose that starts with "With" or "Select" has neither `as (` nor a clause. */
const BARE_SQL =
  /^\s*((?:select\b[\s\S]*?\bfrom\b|with\s+\w+\s+as\s*\(|(?:summarize|describe)\s+'[^'\n]+'\s*$)[\s\S]*?)(?:;|\n\s*\n|$)/i;
const LEADING_SQL = /^\s*(?:--.*\n\s*)*(?:select|with|from|summarize|describe)\b/i;
const CALL_JSON = /\{\s*"name"\s*:/;

/**
 * The call that a model wrote into its text instead of making it: a fenced block of SQL or TypeScript, a bare query,
 * or the JSON of a call, fenced or not, whole or cut off. Only the first: what follows rests on a result that the
 * model does not have yet.
 */
export function callInText(text: string, tools: readonly Tool[], id: string): ToolCall | undefined {
  const has = (name: string) => tools.some((tool) => tool.name === name);
  const json = jsonCall(text);
  if (json && has(json.name)) return { id, ...json };

  if (/^\s*\{[\s\S]*"mark"\s*:/.test(text) && has("chart")) {
    return { id, name: "chart", arguments: balanced(text, text.indexOf("{")) };
  }

  const [, language = "", code = ""] = BLOCK.exec(text) ?? [];
  const call = (name: string, args: Record<string, string>) =>
    has(name) ? { id, name, arguments: JSON.stringify(args) } : undefined;
  if (code.trim() !== "") {
    if (/^(sql|duckdb)$/i.test(language) || (language === "" && LEADING_SQL.test(code))) {
      return call("run_sql", { query: code.trim() });
    }
    if (/^\s*\{/.test(code) && /"mark"\s*:/.test(code)) {
      return has("chart") ? { id, name: "chart", arguments: code.trim() } : undefined;
    }
    if (/^(python|py)$/i.test(language)) return call("run_python", { code: code.trim() });
    if (/^(ts|typescript|js|javascript)$/i.test(language)) return call("run_typescript", { code: code.trim() });
  }
  const bare = BARE_SQL.exec(text)?.[1];
  return bare ? call("run_sql", { query: bare.trim() }) : undefined;
}

/** True once a fenced block that is a call is closed. */
export function hasClosedBlock(text: string): boolean {
  return /```(sql|duckdb|chart|typescript|ts|javascript|js|python|py)[ \t]*\r?\n[\s\S]*?\n[ \t]*```/i.test(text);
}

/** The text up to the end of its first call; the rest is an invented result. */
export function upToCall(text: string): string {
  const block = BLOCK.exec(text);
  if (!block) return text.trim();
  return text.slice(0, block.index + block[0].length).trim();
}

/** {"name": ..., "arguments": {...}}; arguments that are cut off stay as they are: the tool says what is wrong. */
function jsonCall(text: string): { name: string; arguments: string } | undefined {
  const start = CALL_JSON.exec(text)?.index;
  if (start === undefined) return undefined;
  const json = balanced(text, start);
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || !("name" in value)) return undefined;
    const args = "arguments" in value ? value.arguments : {};
    return { name: String(value.name), arguments: typeof args === "string" ? args : JSON.stringify(args) };
  } catch {
    const name = /"name"\s*:\s*"([^"]*)"/.exec(json)?.[1];
    const args = /"arguments"\s*:\s*([\s\S]*)$/.exec(json)?.[1];
    return name === undefined ? undefined : { name, arguments: args ?? "" };
  }
}

/** From the brace at `start` to its partner, or to the end. */
function balanced(text: string, start: number): string {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === "\\") i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return text.slice(start, i + 1);
  }
  return text.slice(start);
}
