import { Marked } from "marked";
import { expect, test } from "vitest";
import { askedCode } from "../../../kernel/display/asked-code.ts";
import { codeFence, modelMarkdown, plainMarkdown } from "../../../kernel/display/model-markdown.ts";
import { byChance } from "../../nightly.ts";
import { hostileTexts } from "./hostile-texts.ts";

/** Every tag that what we write may be read as, to the letter. */
const OURS =
  /<\/?(?:p|em|strong|del|blockquote|ul|li|pre|code|table|thead|tbody|tr|th|td|span|h[1-6]|ol)>|<(?:br|hr)\s?\/?>|<ol start="\d{1,9}">|<t[hd] align="(?:right|center)">|<code class="language-[a-z]+">|<a href="(?:https?:\/\/|mailto:)[\w\-.~:/?#!()*+,;=%&]*">|<\/a>/g;

const reader = new Marked({ gfm: true });

/** What another parser finds in it beside what we write; mathematics put aside, as JupyterLab does. */
function foreignTags(markdown: string): string {
  const html = reader.parse(markdown) as string; // as: not async
  const rest = html.replace(OURS, "");
  const tag = rest.indexOf("<");
  return tag < 0 ? "" : rest.slice(tag, tag + 60);
}

const COUNT = byChance(2_000, 10_000);
const TEXTS = hostileTexts(COUNT, 16);

test.each([
  ["an answer", modelMarkdown],
  ["code", (text: string) => codeFence(text, "text")],
  ["the code of a question", (text: string) => askedCode(text, "typescript")["text/markdown"]],
  ["a name in a table", (text: string) => `| ${plainMarkdown(text)} |\n| --- |\n| ${plainMarkdown(text)} |`],
  ["a name in HTML", (text: string) => `<details>\n<summary>${plainMarkdown(text)}</summary>\n\n</details>`],
])(`${COUNT} hostile texts as %s are no tags`, (_what, show) => {
  const wrong = TEXTS.map(({ text }) => ({
    text,
    tag: foreignTags(show(text)).replace(/^<\/?(details|summary)>\s*/g, ""),
  }));
  expect(wrong.filter(({ tag }) => /^<(?!\/?(details|summary)>)/.test(tag)).slice(0, 3)).toEqual([]);
});

test("an answer that was written anew reads the same when it is written anew again", () => {
  for (const { text } of TEXTS.slice(0, 500)) expect(foreignTags(modelMarkdown(modelMarkdown(text)))).toBe("");
});

test.each(["> ", "- ", "[", "*", "_", "`", "<", "![", "(", "|", "$", "\\(", "&", "~", "#"])(
  "%j by the ten thousand is answered, and does not hang",
  (sign) => {
    expect(foreignTags(modelMarkdown(sign.repeat(10_000)))).toBe("");
    expect(foreignTags(modelMarkdown(`${sign}\n`.repeat(3_000)))).toBe("");
  },
);
