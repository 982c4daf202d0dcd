// SQL as tokens: enough to change names in a query without touching its texts and comments.

export interface SqlToken {
  readonly kind: "space" | "comment" | "string" | "quoted" | "word" | "number" | "sign";
  readonly text: string;
}

const TOKEN =
  /(?<space>\s+)|(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*")|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<number>\d+(?:\.\d+)?(?:[\p{L}_][\p{L}\p{N}_]*)?)|(?<sign>[\s\S])/gu;

export function sqlTokens(query: string): SqlToken[] {
  return [...query.matchAll(TOKEN)].map(({ 0: text, groups }) => {
    const [kind] = Object.entries(groups ?? {}).find(([, found]) => found !== undefined) ?? ["sign"];
    return { kind: kind as SqlToken["kind"], text };
  });
}

export function sqlText(tokens: readonly SqlToken[]): string {
  return tokens.map(({ text }) => text).join("");
}

/** What a string or a quoted name says. */
export function unquoted({ kind, text }: SqlToken): string {
  if (kind === "string") return text.slice(1, -1).replaceAll("''", "'");
  return kind === "quoted" ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** The nearest token that is no space and no comment. */
function neighbours(tokens: readonly SqlToken[], i: number, step: 1 | -1): SqlToken | undefined {
  for (let at = i + step; at >= 0 && at < tokens.length; at += step) {
    const { kind } = tokens[at]!;
    if (kind !== "space" && kind !== "comment") return tokens[at];
  }
  return undefined;
}

export const nextWord = (tokens: readonly SqlToken[], i: number) => {
  const token = neighbours(tokens, i, 1);
  return token?.kind === "word" ? token.text : undefined;
};
export const nextSign = (tokens: readonly SqlToken[], i: number) => neighbours(tokens, i, 1)?.text;
export const previousText = (tokens: readonly SqlToken[], i: number) => neighbours(tokens, i, -1)?.text ?? "";
export const previousWord = (tokens: readonly SqlToken[], i: number) => neighbours(tokens, i, -1)?.text;
