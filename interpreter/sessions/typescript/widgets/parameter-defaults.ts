// The parameters of a function as its own text says them: their names, and defaults that are literals.

export interface WrittenParameter {
  readonly name: string;
  readonly hasDefault: boolean;
  readonly default?: string | number | boolean; // where it is a literal
}

const ONE = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u; // x => …
const PARAMETER = /^([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:=\s*([\s\S]+))?$/u;
const NUMBER = /^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
// What may stand in a list of parameters and hold commas and brackets that count for nothing.
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[()[\]{},]|[^()[\]{},"'`/]+|\//g;

/** @returns undefined where a parameter has no name of its own: a pattern, a rest */
export function writtenParameters(source: string): readonly WrittenParameter[] | undefined {
  const one = ONE.exec(source);
  const texts = one === null ? parameterTexts(source) : [one[1]!]; // it has a group
  const parameters = texts.map(writtenParameter);
  return parameters.includes(undefined) ? undefined : (parameters as WrittenParameter[]); // as: none is
}

function parameterTexts(source: string): string[] {
  const texts: string[] = [];
  let depth = 0;
  let text = "";
  for (const [token] of source.slice(source.indexOf("(") + 1).matchAll(TOKEN)) {
    if (/^\/[*/]/.test(token)) continue;
    if (depth === 0 && (token === ")" || token === ",")) {
      if (text.trim() !== "") texts.push(text.trim());
      text = "";
      if (token === ")") break;
      continue;
    }
    if (/^[([{]$/.test(token)) depth++;
    else if (/^[)\]}]$/.test(token)) depth--;
    text += token;
  }
  return texts;
}

function writtenParameter(text: string): WrittenParameter | undefined {
  const [whole, name = "", initial] = PARAMETER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const value = initial === undefined ? undefined : literalOf(initial.trim());
  return { name, hasDefault: initial !== undefined, ...(value !== undefined && { default: value }) };
}

function literalOf(text: string): string | number | boolean | undefined {
  if (text === "true" || text === "false") return text === "true";
  if (NUMBER.test(text)) return Number(text.replaceAll("_", ""));
  const [, quote, inner = ""] = /^(["'`])([\s\S]*)\1$/.exec(text) ?? [];
  const isPlain = quote !== undefined && !/[\\\n]|\$\{/.test(inner) && !inner.includes(quote);
  return isPlain ? inner : undefined;
}
