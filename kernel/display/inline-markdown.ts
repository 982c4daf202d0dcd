// What stands in a line of a model's answer, written anew: as Markdown, or as HTML where Markdown is not read.
import type { MarkedToken, Token } from "marked";
import { entity, escapeText } from "./foreign-text.ts";
import { linkHtml, linkMarkdown } from "./links.ts";
import { type Formula, formulaMarkdown } from "./math.ts";

interface Pen {
  text(text: string): string;
  code(text: string): string;
  strong(inner: string): string;
  em(inner: string): string;
  link(text: string, address: string): string;
}

const HTML: Pen = {
  text: escapeText,
  code: (text) => `<code>${escapeText(text)}</code>`,
  strong: (inner) => `<strong>${inner}</strong>`,
  em: (inner) => `<em>${inner}</em>`,
  link: linkHtml,
};

const PLAIN_CODE = /^(?! )[\p{L}\p{N} _*,;()=+'"/.:%-]+(?<! )$/u;

/** Signs where no parser can mistake them, else elements. */
const MARKDOWN: Pen = {
  text: escapeText,
  code: (text) => (PLAIN_CODE.test(text) ? `\`${text}\`` : HTML.code(text)),
  strong: (inner) => (isPlain(inner) ? `**${inner}**` : HTML.strong(inner)),
  em: (inner) => (isPlain(inner) ? `*${inner}*` : HTML.em(inner)),
  link: linkMarkdown,
};

export function inlineMarkdown(tokens: readonly Token[]): string {
  return inline(tokens, MARKDOWN);
}

/** On one line. */
export function inlineHtml(tokens: readonly Token[]): string {
  return inline(tokens, HTML).replace(/\s+/g, " ").trim();
}

function inline(tokens: readonly Token[], pen: Pen): string {
  return tokens.map((token) => one(token as MarkedToken | Formula, pen)).join("");
}

function one(token: MarkedToken | Formula, pen: Pen): string {
  switch (token.type) {
    case "strong":
      return pen.strong(inline(token.tokens, pen));
    case "em":
      return pen.em(inline(token.tokens, pen));
    case "del":
      return `<del>${inline(token.tokens, pen)}</del>`;
    case "codespan":
      return pen.code(token.text.replace(/\s+/g, " "));
    case "br":
      return "<br>";
    case "checkbox":
      return "";
    case "link":
      return pen.link(plain(token.tokens), decoded(token.href));
    case "image":
      return pen.link(`image: ${decoded(token.text)}`, decoded(token.href));
    case "formula":
      return formulaMarkdown(token) ?? pen.text(token.raw);
    case "escape":
      return [...decoded(token.text)].map((sign) => (/[.:]/.test(sign) ? entity(sign) : pen.text(sign))).join("");
    case "text":
      return "tokens" in token && token.tokens ? inline(token.tokens, pen) : pen.text(decoded(token.text));
    default:
      // A line break is all that is taken from HTML: models write it in the cells of tables.
      return /^<br\s*\/?>$/i.test(token.raw) ? "<br>" : pen.text(token.raw);
  }
}

/** The words of a link, without what is made of them. */
function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      "tokens" in token && token.tokens
        ? plain(token.tokens)
        : decoded("text" in token ? String(token.text) : token.raw),
    )
    .join("")
    .replace(/\s+/g, " ");
}

/** The few characters that models write by name. */
function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => NAMED[name] ?? "");
}
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " ", "#39": "'" };

/** Between letters, a sign is what it was meant to be in every parser. */
function isPlain(inner: string): boolean {
  return /^[\p{L}\p{N}]/u.test(inner) && /[\p{L}\p{N}]$/u.test(inner);
}
