// The code of the question "Run this code?", as it will run: every character can be seen, nothing is out of sight, and
// what could be misread is said below it.
import { visibleText } from "./clean-text.ts";
import { codeFence, plainMarkdown } from "./foreign-text.ts";

const WIDTH = 100; // characters: a longer line goes on below, where a front end would hide its end
const MANY_BLANKS = / {40,}/g;
const MANY_EMPTY_LINES = 3;
const MANY_LINES = 60; // more than a screen
const MAX_NAMES = 5; // of the names that a note lists

const NAME = /[\p{ID_Start}$_][\p{ID_Continue}$]*/gu;
const LATIN = /\p{Script=Latin}/u;
const LIKE_LATIN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uff21-\uff5a\u{1d400}-\u{1d7ff}]/u;
const LIKE_SIGNS = /[\u01c0-\u01c3\u02b9-\u02bf\ua4d0-\ua4ff]/u;
const RIGHT_TO_LEFT =
  /[\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** For the display above the question. */
export function askedCode(code: string, language: string): { "text/markdown": string; "text/plain": string } {
  const lines = visibleText(code).split("\n");
  const shown = withoutEmptyRuns(lines).flatMap(inSight).join("\n");
  const notes = notesOn(code, lines, shown);
  const markdown = [codeFence(shown, language), ...notes.map((note) => `*${plainMarkdown(note)}*`)];
  return { "text/markdown": markdown.join("\n\n"), "text/plain": [shown, ...notes].join("\n") };
}

function withoutEmptyRuns(lines: readonly string[]): string[] {
  const shown: string[] = [];
  let empty = 0;
  const end = () => {
    if (empty >= MANY_EMPTY_LINES) shown.push(`⋮ ${empty} empty lines`);
    else shown.push(...Array<string>(empty).fill(""));
    empty = 0;
  };
  for (const line of lines) {
    if (line.trim() === "") empty++;
    else {
      end();
      shown.push(line);
    }
  }
  end();
  return shown;
}

/** A line as one or more that are seen whole. */
function inSight(line: string): string[] {
  const characters = [...line.replace(MANY_BLANKS, ({ length }) => ` ⋯ ${length} spaces ⋯ `)];
  const count = Math.max(1, Math.ceil(characters.length / WIDTH));
  return Array.from({ length: count }, (_, i) => {
    const part = characters.slice(i * WIDTH, (i + 1) * WIDTH).join("");
    return i === 0 ? part : `↪ ${part}`;
  });
}

function notesOn(code: string, lines: readonly string[], shown: string): string[] {
  const mixed = new Set((code.match(NAME) ?? []).filter(looksLikeAnother));
  const rightToLeft = lines.findIndex((line) => RIGHT_TO_LEFT.test(line));
  const height = shown.split("\n").length;
  return [
    ...(height > MANY_LINES ? [`${height} lines: they begin above.`] : []),
    ...(/^↪ /m.test(shown) ? ["A line that begins with ↪ goes on from the one above."] : []),
    ...(visibleText(code) === code.replace(/\r\n/g, "\n").replace(/\t/g, "    ") ? [] : [UNSEEN_NOTE]),
    ...(mixed.size > 0
      ? [`Names of letters that look like others: ${[...mixed].slice(0, MAX_NAMES).map(spelled).join(", ")}.`]
      : []),
    ...(rightToLeft < 0
      ? []
      : [
          `Line ${rightToLeft + 1} has letters that are written from right to left: it may run in another order than it reads.`,
        ]),
  ];
}
const UNSEEN_NOTE = "Characters that cannot be seen are written as \\u{…}.";

/** Letters of two scripts, letters that look like signs ("\u{1c3}" is read as "!"), or only such as look like Latin. */
function looksLikeAnother(name: string): boolean {
  if (LIKE_SIGNS.test(name)) return true;
  return LIKE_LATIN.test(name) && (LATIN.test(name) || [...name].every((letter) => LIKE_LATIN.test(letter)));
}

/** "p\u{430}ypal" */
function spelled(name: string): string {
  return [...name]
    .map((letter) => (/[\x20-\x7e]/.test(letter) ? letter : `\\u{${letter.codePointAt(0)!.toString(16)}}`))
    .join("");
}
