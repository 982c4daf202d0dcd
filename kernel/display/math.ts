// Formulas of a model's answer. What a front end makes of TeX can link, load, define and style (\href, \require, \def,
// \style); so only what is written out of these commands is shown as a formula, and the rest as the text that it is.
import type { TokenizerAndRendererExtension, Tokens } from "marked";

const COMMANDS = new Set(
  (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau upsilon " +
    "phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar infty partial nabla " +
    "forall exists in notin ni subset subseteq supset cup cap setminus emptyset times div cdot cdots ldots dots vdots ast " +
    "pm mp le leq ge geq ne neq lt gt ll gg equiv approx sim simeq propto to rightarrow leftarrow Rightarrow Leftarrow " +
    "leftrightarrow iff implies mapsto land lor neg mid parallel perp frac dfrac tfrac binom sqrt sum prod int oint lim " +
    "min max sup inf arg log ln exp sin cos tan cot sinh cosh tanh det dim Pr gcd bmod pmod mod left right big Big bigg " +
    "Bigg lbrack rbrack lbrace rbrace langle rangle lfloor rfloor lceil rceil vert Vert bar hat tilde vec dot ddot overline " +
    "underline overbrace underbrace text textbf textit mathrm mathbf mathit mathbb mathcal mathsf boldsymbol operatorname " +
    "quad qquad begin end circ degree star dagger prime angle triangle square"
  ).split(" "),
);
const ENVIRONMENTS = /\\(?:begin|end)\{(?!(?:aligned|cases|[bpvBV]?matrix)\})/;
const CHARACTERS = /^(?:[\p{L}\p{N}\s+\-*/=^_.,:;!?'()[\]{}|&~<>\\]|\\[%#])+$/u;

export interface Formula extends Tokens.Generic {
  readonly type: "formula";
  readonly tex: string; // what stands between its signs
  readonly isBlock: boolean;
}

// 500: a formula that is longer is none that anybody reads
const DISPLAYED = /^(?:\$\$([^$]{1,500}?)\$\$|\\\[([^$]{1,500}?)\\\])/;
const INLINE = /^(?:\$(?!\s)([^$\n]{1,500}?)(?<![\s\\])\$(?!\d)|\\\(([^$]{1,500}?)\\\))/;

/** For marked: formulas are found before anything in them is taken for Markdown. */
export const FORMULAS: TokenizerAndRendererExtension[] = [
  {
    name: "formula",
    level: "block", // on lines of its own
    start: (source) => indexOf(source, /(?<=^|\n) {0,3}(?:\$\$|\\\[)/),
    tokenizer(source) {
      const [indent = ""] = /^ {0,3}/.exec(source) ?? [];
      const found = formula(DISPLAYED.exec(source.slice(indent.length)), true);
      const rest = source.slice(indent.length + (found?.raw.length ?? 0));
      return found && /^[ \t]*(?:\n|$)/.test(rest) ? { ...found, raw: indent + found.raw } : undefined;
    },
  },
  {
    name: "formula",
    level: "inline",
    start: (source) => indexOf(source, /\$|\\[([]/),
    tokenizer: (source) => formula(DISPLAYED.exec(source), true) ?? formula(INLINE.exec(source), false),
  },
];

function formula(found: RegExpExecArray | null, isBlock: boolean): Formula | undefined {
  const tex = found?.[1] ?? found?.[2];
  if (!found || tex === undefined || /\n\s*\n/.test(tex)) return undefined;
  return { type: "formula", raw: found[0], tex: tex.trim(), isBlock };
}

function indexOf(source: string, sign: RegExp): number | undefined {
  const at = source.search(sign);
  return at < 0 ? undefined : at;
}

/** The formula for a front end to typeset, with nothing in it that is Markdown; undefined: to be shown as text. */
export function formulaMarkdown({ tex, isBlock }: Formula): string | undefined {
  if (!CHARACTERS.test(tex) || ENVIRONMENTS.test(tex) || !isBalanced(tex)) return undefined;
  if (/\\sqrt\s*\[|\\\\\s*[[{}]|:\/\/|www\.|\\$/i.test(tex)) return undefined;
  const commands = tex.match(/\\(?:[A-Za-z]+|[\s\S])/g) ?? [];
  if (!commands.every((command) => /^\\[,;:!{}|%#&_\\ \n]$/.test(command) || COMMANDS.has(command.slice(1)))) {
    return undefined;
  }
  const sign = isBlock ? "$$" : "$";
  return `${sign}${withoutMarkdown(tex)}${sign}`;
}

/** The same to TeX, and no image, link, table or tag to Markdown where nobody knows of formulas. */
function withoutMarkdown(tex: string): string {
  const names: Readonly<Record<string, string>> = { "[": "lbrack", "]": "rbrack", "|": "vert", "<": "lt", ">": "gt" };
  return tex
    .replace(/\\\|/g, "\\Vert ")
    .replace(/[[\]|<>]/g, (character) => `\\${names[character]} `)
    .replace(/\*/g, "\\ast ")
    .replace(/~/g, "\\ ")
    .replace(/\s+/g, " ");
}

function isBalanced(tex: string): boolean {
  let depth = 0;
  for (const [brace] of tex.replace(/\\[{}\\]/g, "").matchAll(/[{}]/g)) {
    depth += brace === "{" ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
