/** The object that a JSON text holds; undefined for anything else. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined; // as: any object
  } catch {
    return undefined;
  }
}

interface Outline {
  readonly depth: number; // of its deepest object or array
  readonly keys: readonly string[]; // of the outermost object, as they are written
}

/**
 * What JSON.parse does not tell: that a key occurs twice, and what would take it seconds, as nesting by the million does.
 * Of a text that is no JSON it means nothing.
 */
export function jsonOutline(text: string): Outline {
  const keys: string[] = [];
  let [depth, deepest] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
    if (character !== '"') continue;
    const start = at;
    for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
    if (depth === 1 && isBeforeColon(text, at + 1)) keys.push(text.slice(start, at + 1));
  }
  return { depth: deepest, keys };
}

function isBeforeColon(text: string, at: number): boolean {
  const next = /\S/g;
  next.lastIndex = at;
  return next.exec(text)?.[0] === ":";
}
