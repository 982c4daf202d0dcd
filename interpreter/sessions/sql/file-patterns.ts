// Names of files with signs that stand for others.

/** Whether a text has such signs: a file may be called so, too. */
export function hasPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * `*` and `?` within a folder, `**` over folders, `[a-z]`: as DuckDB has them.
 * @returns undefined for what is no pattern: [z-a]
 */
export function patternExpression(pattern: string, { ignoreCase = false } = {}): RegExp | undefined {
  const parts = pattern.match(/\*\*\/|\*\*|\*|\?|\[!?[^\]/]+\]|[^*?[]|\[/gu) ?? [];
  const source = parts.map((part) => {
    if (part === "**/") return "(?:[^/]+/)*";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (/^\[../u.test(part)) return part.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return part.replace(/[\\^$.|+(){}[\]]/, "\\$&");
  });
  try {
    return new RegExp(`^${source.join("")}$`, ignoreCase ? "iu" : "u");
  } catch {
    return undefined;
  }
}
