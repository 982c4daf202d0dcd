const CLASS = /\[(?:\\.|[^\]\\])*\]/sy;
const ESCAPE = /\\(?:u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|[pP]\{[^}]*\}|.)/sy;
const REPETITION = /\{(\d+)(?:,(\d*))?\}/y;

export interface PatternSize {
  readonly length: number; // characters once its repetitions are written out: 6 for `(ab){1,3}`; Infinity past any number
  readonly depth: number; // of groups within each other
}

export function patternSize(pattern: string): PatternSize {
  const groups = [{ length: 0, last: 0 }]; // what is open; `last`: the atom that a repetition would repeat
  let depth = 0;
  const add = (length: number) => {
    const group = groups.at(-1)!;
    group.length += length;
    group.last = length;
  };
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at]!;
    const special = match(character === "[" ? CLASS : ESCAPE, pattern, at);
    const repetition = match(REPETITION, pattern, at);
    if (repetition) {
      const [, least, most] = repetition;
      const group = groups.at(-1)!;
      const times = Math.max(Number(least), Number(most ?? 0), 1);
      group.length += group.last * (times - 1);
      group.last *= times;
    } else if (character === "(") {
      groups.push({ length: 0, last: 0 });
      depth = Math.max(depth, groups.length - 1);
    } else if (character === ")" && groups.length > 1) {
      add(groups.pop()!.length);
    } else add(special?.[0].length ?? 1);
    at += (repetition ?? special)?.[0].length ?? 1;
  }
  return { length: groups.reduce((sum, { length }) => sum + length, 0), depth };
}

function match(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}
