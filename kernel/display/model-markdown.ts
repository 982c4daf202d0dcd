// A model's answer in Markdown: read by the parser that JupyterLab has, and written anew from what it found, with every
// text escaped. What it takes for HTML is text to us, and an image a link.
import { Marked, type MarkedToken, type Token, type Tokens } from "marked";
import { cleanText } from "./clean-text.ts";
import { codeElement, codeFence, escapeStart, escapeText } from "./foreign-text.ts";
import { inlineHtml, inlineMarkdown } from "./inline-markdown.ts";
import { FORMULAS, type Formula, formulaMarkdown } from "./math.ts";

export { codeFence, plainMarkdown } from "./foreign-text.ts";

const MAX_LENGTH = 50_000; // UTF-16 units: parsed many times while an answer comes; a longer one is shown as it is
const MAX_DEPTH = 8; // lists and quotes within each other; what is deeper is text
// The parser's time grows with the square and the cube of what it looks through: what nobody writes, it is not given.
const MAX_IN_LINE = 2_000; // UTF-16 units of a paragraph that are searched for the end of an emphasis or a link
const MAX_RUN = 1_500; // characters without a blank that could be an e-mail's name: each is read again from every one of them
const RUN_END = /[^\w.!#$%&'*+/=?`{|}~-]+/;
const TOO_DEEP = /^(?:[ \t]*(?:[-*+>]|\d{1,9}[.)])){20}/m;

const READER = new Marked({ gfm: true }).use({
  extensions: FORMULAS,
  tokenizer: {
    // undefined: it is none; false: the parser looks itself
    emStrong: (_source, masked) => (masked.length > MAX_IN_LINE ? undefined : false),
    link: (source) => (source.length > MAX_IN_LINE && !LINK_SOON.test(source) ? undefined : false),
    reflink: (source) => (source.length > MAX_IN_LINE ? undefined : false),
  },
});
const LINK_SOON = /^!?\[[^[\]]{0,500}\]\([^()\s]{0,2000}\)/;

/** The text may still grow: an open fence is closed. */
export function modelMarkdown(text: string): string {
  const clean = cleanText(text);
  if (clean.length > MAX_LENGTH || TOO_DEEP.test(clean) || hasLongRun(clean)) return codeFence(clean, "");
  try {
    return blocks(READER.lexer(clean), 0).join("\n\n");
  } catch {
    return codeFence(clean, ""); // signs within signs by the thousand: the parser's stack ends
  }
}

function hasLongRun(text: string): boolean {
  return text.split(RUN_END).some((run) => run.length > MAX_RUN);
}

/** Each stands alone, with no empty line in it but a fence's, which is only at the top. */
function blocks(tokens: readonly Token[], depth: number): string[] {
  return tokens.map((token) => block(token as MarkedToken | Formula, depth)).filter((text) => text !== "");
}

function block(token: MarkedToken | Formula, depth: number): string {
  switch (token.type) {
    case "space":
    case "def":
    case "checkbox":
      return ""; // what was checked is said by the list
    case "code":
      return (depth === 0 ? codeFence : codeElement)(token.text, token.lang?.split(/\s/)[0] ?? "");
    case "heading":
      // As Markdown it would get an id of the model's words, which styles and scripts of the page may know.
      return `<h${token.depth}>${inlineHtml(token.tokens)}</h${token.depth}>`;
    case "hr":
      return "* * *";
    case "blockquote":
      return depth < MAX_DEPTH ? indented(blocks(token.tokens, depth + 1).join("\n\n"), "> ", "> ") : lines(token.raw);
    case "list":
      return depth < MAX_DEPTH ? list(token, depth) : lines(token.raw);
    case "table":
      return table(token);
    case "formula":
      return formulaMarkdown(token) ?? lines(token.raw);
    case "paragraph":
    case "text":
      return token.tokens ? paragraph(token.tokens) : lines(token.raw);
    default:
      return lines(token.raw);
  }
}

function paragraph(tokens: readonly Token[]): string {
  return textLines(inlineMarkdown(tokens));
}

/** What is no Markdown to us. */
function lines(raw: string): string {
  return textLines(escapeText(raw));
}

/** No line is empty, or begins with blanks: it would end the paragraph, or be code. */
function textLines(escaped: string): string {
  return escaped
    .split("\n")
    .map((line) => escapeStart(line.trim()))
    .filter((line) => line !== "")
    .join("\n");
}

function list({ items, ordered, start, loose }: Tokens.List, depth: number): string {
  const written = items.map((item, i) => {
    const marker = ordered ? `${Number(start || 0) + i}. ` : "- ";
    const isTight =
      !loose && item.tokens.every(({ type }) => type === "text" || type === "list" || type === "checkbox");
    const content = blocks(item.tokens, depth + 1).join(isTight ? "\n" : "\n\n");
    const box = item.task ? (item.checked ? "☑ " : "☐ ") : "";
    return indented(box + content, marker, " ".repeat(marker.length));
  });
  return written.join(loose ? "\n\n" : "\n");
}

function table({ header, rows, align }: Tokens.Table): string {
  const row = (cells: readonly Tokens.TableCell[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = align.map((side) => (side === "right" ? "---:" : side === "center" ? ":---:" : "---"));
  return [row(header), `| ${rule.join(" | ")} |`, ...rows.map(row)].join("\n");
}

function cell({ tokens }: Tokens.TableCell): string {
  return inlineMarkdown(tokens).replace(/\s+/g, " ").trim();
}

function indented(text: string, first: string, others: string): string {
  return text
    .split("\n")
    .map((line, i) => `${i === 0 ? first : others}${line}`.trimEnd())
    .join("\n");
}
