import { describe, expect, test } from "vitest";
import { codeFence, modelMarkdown, plainMarkdown } from "../../../kernel/display/model-markdown.ts";

test("Markdown stays Markdown", () => {
  const text = "## Title\n\n- **bold** `code`\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n[link](https://example.org)";
  expect(modelMarkdown(text)).toBe(text);
});

test("a fence keeps its language, and what is inside", () => {
  expect(modelMarkdown("Look:\n```ts\nconst a: Array<string> = [];\n```\nDone.")).toBe(
    "Look:\n```ts\nconst a: Array<string> = [];\n```\nDone.",
  );
});

test("a fence that is still open is closed", () => {
  expect(modelMarkdown("```sql\nSELECT")).toBe("```sql\nSELECT\n```");
});

describe("raw HTML becomes text", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "text <iframe src='https://example.org'></iframe>",
    "</details><h1>out</h1>",
    "<!-- comment -->",
    "\\`<img src=x>\\`",
    "`a\nb` <img src=x> `c`",
    "| ` | <img src=x> | ` |",
    "`` ` `` <img src=x>",
    "<a`<img src=x>`",
    "~~~\ncode\n~~~\n<img src=x>",
    "    ```\n<img src=x>",
  ])("%j", (text) => {
    const outsideFences = modelMarkdown(text).replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, "");
    expect(outsideFences.replaceAll(/<\/?code>/g, "")).not.toContain("<");
  });
});

test("inline code with a tag shows the tag", () => {
  expect(modelMarkdown("Use `Array<string>` here")).toBe("Use <code>Array&lt;string></code> here");
});

test("an image is not loaded: it is shown as text", () => {
  expect(modelMarkdown("![x](https://example.org/?secret=1)")).toBe("!\\[x](https://example.org/?secret=1)");
});

test("control characters, terminal sequences and direction overrides are removed", () => {
  expect(modelMarkdown("a\u001b[31mred\u001b[0m\u0007\u202eb\u0000")).toBe("aredb");
});

test("nothing inside closes a fence", () => {
  expect(codeFence("a\n```\n<img>", "text")).toBe("````text\na\n```\n<img>\n````");
});

test("a name has no markup", () => {
  expect(plainMarkdown("a|b <b>*x*</b>\n[l](u)")).toBe("a\\|b &lt;b>\\*x\\*&lt;/b> \\[l\\](u)");
});
