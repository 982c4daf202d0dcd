// The one door through which text of a model, a file, a tool, a server or confined code becomes Markdown or HTML. It is
// cleaned once, before anything is counted, and then written anew by us out of few constructs. Whatever parser reads
// them, as Markdown or as HTML, finds no tag, no attribute and no address but those that stand here.
import { cleanText, lineOf } from "./clean-text.ts";

/** Of a fence, a front end draws or runs some (mermaid, math, vega); these it only colours. */
const LANGUAGES = new Set(
  (
    "bash c cpp css csv diff go html ini java javascript js json julia jsx markdown md powershell py python r rust sh " +
    "sql text toml ts tsx typescript xml yaml"
  ).split(" "),
);
// JupyterLab takes mathematics out of the source before it looks for fences, and changes it: "\\(" loses a backslash.
const CHANGED_BY_MATH = /@@|\\(?:begin|end)\{|\\\\[()[\]]/;

/** Markdown of code, or of any text that is shown letter by letter. Stands alone: with an empty line above and below. */
export function codeFence(code: string, language: string): string {
  const shown = cleanText(code);
  if (CHANGED_BY_MATH.test(shown)) return codeElement(shown, language);
  let longest = 2;
  for (const [run] of shown.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  return `${fence}${knownLanguage(language)}\n${shown}\n${fence}`;
}

/** The same on one line, with nothing in it that any parser could take for its end: for lists and quotes. */
export function codeElement(code: string, language: string): string {
  const known = knownLanguage(language);
  const lines = cleanText(code).split("\n").map(escapeText);
  return `<pre><code${known && ` class="language-${known}"`}>${lines.join("&#10;")}</code></pre>`;
}

/** Text in which nothing is markup, on one line: names, summaries, cells of a table. */
export function plainMarkdown(text: string): string {
  return escapeStart(escapeText(lineOf(text)));
}

/** An escaped line as it can begin a paragraph: no list, no heading, no quote, no rule. */
export function escapeStart(line: string): string {
  return line.replace(/^[-+=#>:]|(?<=^\d{1,9})[.)](?=\s|$)/, entity);
}

/**
 * Cleaned text as text, in Markdown and in HTML alike, whatever comes before and after it: so a colon or a point at its
 * edge is written as an entity, too, since with the text beside it "www." or "http://" would become a link. Mathematics is
 * looked for in the page when all is read: an element of its own keeps a dollar sign and a backslash from meeting another.
 */
export function escapeText(text: string): string {
  return text
    .replace(
      /[&<`*[\]{}|~@]|!$|:(?=\/)|(?<=[ps]):$|^:|(?<=w)\.|^\.(?=\S)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/giu,
      entity,
    )
    .replace(/[$\\]/g, (character) => `<span>${entity(character)}</span>`);
}

export function entity(character: string): string {
  return NAMED.get(character) ?? `&#${character.codePointAt(0)};`;
}
const NAMED = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
]);

function knownLanguage(language: string): string {
  const name = language.trim().toLowerCase();
  return LANGUAGES.has(name) ? name : "";
}
