// What a model wrote, as Markdown that is safe to show: no raw HTML, nothing loaded from elsewhere, no control
// characters. Every "<" outside code fences leaves as an entity, and fences are written anew, so that no reading of
// the model's Markdown, ours or the front end's, lets a tag through.

const FENCE = /^\s*(`{3,}|~{3,})\s*([\w+#-]*)[^`]*$/;
// Control characters but tab and newline, and the bidirectional overrides that make code look like other code.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROLS = /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The text may still grow: an open fence is closed. */
export function modelMarkdown(text: string): string {
  const shown: string[] = [];
  let open: { marker: string; language: string; lines: string[] } | undefined;
  for (const line of cleanText(text).split("\n")) {
    const [, marker = "", language = ""] = FENCE.exec(line) ?? [];
    if (open) {
      const closes = marker.startsWith(open.marker) && language === "";
      if (closes) {
        shown.push(codeFence(open.lines.join("\n"), open.language));
        open = undefined;
      } else open.lines.push(line);
    } else if (marker) open = { marker, language, lines: [] };
    else shown.push(escapeText(line));
  }
  if (open) shown.push(codeFence(open.lines.join("\n"), open.language));
  return shown.join("\n");
}

/** A fence that nothing inside can close. */
export function codeFence(code: string, language: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${cleanText(code)}\n${fence}`;
}

/** Text in which nothing is markup, on one line: names, summaries, cells of a table. */
export function plainMarkdown(text: string): string {
  return cleanText(text)
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\`*_[\]|~$#!]/g, "\\$&");
}

export function cleanText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(CONTROLS, "");
}

/** Tags become text, an image its own source text; Markdown stays. */
function escapeText(line: string): string {
  return line
    .replace(/(`+)([^`]*<[^`]*)\1(?!`)/g, (_span, _ticks, code: string) => `<code>${codeEntities(code)}</code>`)
    .split(/(<code>[^<]*<\/code>)/)
    .map((part) => (/^<code>[^<]*<\/code>$/.test(part) ? part : part.replace(/</g, "&lt;").replace(/!\[/g, "!\\[")))
    .join("");
}

function codeEntities(code: string): string {
  return code
    .trim()
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\*_[\]|~$!]/g, (character) => `&#${character.charCodeAt(0)};`);
}
