import { marked } from "marked";
import { describe, expect, test } from "vitest";
import { codeFence, modelMarkdown, plainMarkdown } from "../../../kernel/display/model-markdown.ts";

test("Markdown stays Markdown", () => {
  const text =
    "It is **bold** and *slanted*, `code` of run_sql.\n\n- one\n- two\n  - three\n\n1. a\n2. b\n\n> quoted\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |";
  expect(modelMarkdown(text)).toBe(text);
});

test("a title is a title, with no id of its words", () => {
  expect(modelMarkdown("## The *main* <b>")).toBe("<h2>The <em>main</em> &lt;b></h2>");
});

test("a fence keeps its language, and what is inside", () => {
  expect(modelMarkdown("Look:\n```ts\nconst a: Array<string> = [];\n```\nDone.")).toBe(
    "Look:\n\n```ts\nconst a: Array<string> = [];\n```\n\nDone.",
  );
});

test("a language that the front end would run is left out", () => {
  expect(modelMarkdown("```mermaid\nflowchart LR\n```")).toBe("```\nflowchart LR\n```");
  expect(modelMarkdown("- a\n\n  ```Mermaid x\n  b\n\n  c\n  ```")).toContain("<pre><code>b&#10;&#10;c</code></pre>");
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
    "~~~ a`b\n```\n~~~\n<img src=x>\n```",
    "``\u0001`\n<img src=x>",
    "[r]: <x>\n<img src=x>",
    "> ```\n<img src=x>",
    "- ```\n<img src=x>",
    "a\n===\n<img src=x>",
    "look!\\![x](https://example.org)",
  ])("%j", (text) => {
    const outsideFences = modelMarkdown(text).replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, "");
    expect(outsideFences.replaceAll(/<\/?(?:code|span|h1|pre)>/g, "")).not.toContain("<");
  });
});

test("inline code with a tag shows the tag", () => {
  expect(modelMarkdown("Use `Array<string>` here")).toBe("Use <code>Array&lt;string></code> here");
});

describe("a link shows where it leads", () => {
  test.each([
    ["[here](https://a.example/b)", "[here](https://a.example/b) (https&#58;//a.example/b)"],
    ["https://a.example/b", "[https&#58;//a.example/b](https://a.example/b)"],
    [
      "[https://good.example](https://evil.example/)",
      "[https&#58;//good.example](https://evil.example/) (https&#58;//evil.example/)",
    ],
    ["[a](https://аpple.com)", "[a](https://xn--pple-43d.com/) (https&#58;//xn--pple-43d.com/)"],
    ["![x](https://a.example/?secret=1)", "[image: x](https://a.example/?secret=1) (https&#58;//a.example/?secret=1)"],
    ["me@a.example", "[me&#64;a.example](mailto:me&#64;a.example)"],
  ])("%j", (text, shown) => expect(modelMarkdown(text)).toBe(shown));
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt&#58;alert(1)",
  "data:text/html,x",
  "file:///etc/passwd",
  "/api/terminals",
  "lab/tree/x",
  "//evil.example",
  "attachment:a.png",
  "https://user:pw@a.example",
  "#main",
])("%s is no address to be followed", (address) => {
  expect(modelMarkdown(`[x](${address}) ![y](${address})`)).not.toMatch(/\]\(|href|src/);
});

describe("a formula is one where it can only be drawn", () => {
  test.each([
    ["$E = mc^2$", "$E = mc^2$"],
    ["so \\(a_1 < b\\)", "so $a_1 \\lt b$"],
    ["\\[\n\\frac{1}{2} [x]\n\\]", "$$\\frac{1}{2} \\lbrack x\\rbrack $$"],
    ["$$\\begin{pmatrix}a & b\\\\c & d\\end{pmatrix}$$", "$$\\begin{pmatrix}a & b\\\\c & d\\end{pmatrix}$$"],
  ])("%j", (text, shown) => expect(modelMarkdown(text)).toBe(shown));

  test.each([
    "\\href{javascript:alert(1)}{x}",
    "\\require{html}x",
    "\\style{background:url(http://x)}{x}",
    "\\class{a}{x}\\cssId{b}{y}",
    "\\def\\a{\\a\\a}\\a",
    "\\unicode{x202e}",
    "\\begin{equation}x\\end{equation}",
    "{x",
    "x}{",
    '"x"',
    "\\sqrt[3]{x}",
    "x\\",
  ])("%j is text", (tex) => {
    const shown = modelMarkdown(`a $${tex}$ b`);
    expect(shown.replaceAll(/<span>&#(36|92);<\/span>/g, "")).not.toMatch(/[$\\]/);
    expect(modelMarkdown(`$$\n${tex}\n$$`).replaceAll(/<span>&#(36|92);<\/span>/g, "")).not.toMatch(/[$\\]/);
  });

  test("money is not", () => {
    expect(modelMarkdown("$5 and $10")).toBe("<span>&#36;</span>5 and <span>&#36;</span>10");
  });
});

test("code in which JupyterLab would look for mathematics is shown to the letter all the same", () => {
  expect(codeFence('/\\\\(/.test("@@0@@")', "ts")).toBe(
    '<pre><code class="language-ts">/<span>&#92;</span><span>&#92;</span>(/.test("&#64;&#64;0&#64;&#64;")</code></pre>',
  );
});

test("control characters, terminal sequences and direction overrides are removed", () => {
  expect(modelMarkdown("a\u001b[31mred\u001b[0m\u0007\u202eb\u0000")).toBe("aredb");
});

test("nothing inside closes a fence", () => {
  expect(codeFence("a\n```\n<img>", "text")).toBe("````text\na\n```\n<img>\n````");
});

test("so many backticks that no call could take them as arguments", () => {
  expect(codeFence("`a\n".repeat(150_000), "ts").endsWith("\n```")).toBe(true);
});

describe("what is put together from pieces becomes no link of the front end's own", () => {
  test.each([
    "www\\.good.example\\@evil.example",
    "http\\://good.example\\@evil.example/",
    "www[]().evil.example",
    "www[]().[]()evil.example",
    "$www.evil.example$",
  ])("%j", (text) => expect(marked.parse(modelMarkdown(text))).not.toContain("<a "));

  test.each(["xwww.good.example:x@evil.example/", "é www.evil.example", "1www.evil.example"])("as a name: %j", (text) =>
    expect(marked.parse(plainMarkdown(text))).not.toContain("<a "),
  );
});

test("a link whose text names another scheme has its address beside it", () => {
  expect(modelMarkdown("[https://good.example/x](http://good.example/x)")).toMatch(
    /\(http&#58;\/\/good\.example\/x\)$/,
  );
  expect(modelMarkdown("[https://good.example](mailto:good.example)")).toMatch(/\(mailto:good\.example\)$/);
});

test("a name has no markup", () => {
  expect(plainMarkdown("a|b <b>*x*</b>\n[l](u)")).toBe("a&#124;b &lt;b>&#42;x&#42;&lt;/b> &#91;l&#93;(u)");
});
