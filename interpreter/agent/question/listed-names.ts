// Names that a question lists: keys of JSON, columns of a table.

const QUOTED = /^["'`“”]([\p{L}_][\p{L}\p{N}_ -]{0,40})["'`“”]/u;
const BARE = /^[\p{L}_](?:(?![和と及与])[\p{L}\p{N}_-]){0,40}/u;
const EXPLAINED = /^\s*[(（][^)）]*[)）]/; // "mean (of the prices)"
const COMMA = /^\s*[,、，]\s*(?:(?:and|und|y|et)\b\s*)?/iu;
const LAST = /^\s*(?:(?:and|und|y|et|sowie|e)\b|[和と及与&])\s*/iu; // what stands behind "and" is the last
const BETWEEN = /\s*[,、，|;；/]\s*(?:(?:and|und|y|et)\s)?|\s+(?:and|und|y|e|et|sowie|plus)\s+|\s*[和と及与&]\s*/iu;
const MOST_WORDS = 4; // of a column's name
/** No name, but what comes after the names. */
const NO_NAME =
  /^(?:rounded|sorted|ordered|with|without|in|as|and|each|one|no|please|gerundet|sortiert|absteigend|aufsteigend|mit|ohne|als|bitte|redondead|ordenad|con|sin|por favor|arrondi|trié|avec|sans|s['’]il|按|保留|并|请|で|小数)/iu;

/** "a, b and c, rounded to 2 decimals" -> a, b, c: a name without quotes is one word. */
export function listedNames(text: string): string[] {
  const names: string[] = [];
  let rest = text;
  for (let isLast = false; ; ) {
    const found = QUOTED.exec(rest) ?? BARE.exec(rest);
    const name = found?.[1] ?? found?.[0];
    const behind = rest.slice(found?.[0].length ?? 0).replace(EXPLAINED, "");
    const isQuoted = found?.[1] !== undefined;
    // Behind a comma may follow what is no name: "..., rounded to 2 decimals".
    const isName =
      isQuoted ||
      isLast ||
      names.length === 0 ||
      /^\s*(?:$|[:：;；])/.test(behind) ||
      COMMA.test(behind) ||
      LAST.test(behind);
    if (name === undefined || !isName) return names;
    names.push(name);
    if (isLast && !isQuoted) return names;
    const separator = COMMA.exec(behind)?.[0] ?? LAST.exec(behind)?.[0];
    if (separator === undefined) return names;
    isLast = /[\p{L}&]/u.test(separator);
    rest = behind.slice(separator.length);
  }
}

/** "Doctor and Wait (min).", "Tienda | Pedidos": names of several words, with a unit in parentheses, up to the sentence's end. */
export function headerNames(text: string): string[] {
  const [sentence = ""] = /^(?:[^.?!。？！\n]|\.(?=\S))*/u.exec(text) ?? [];
  const names: string[] = [];
  for (const piece of sentence.split(BETWEEN)) {
    const name = piece.replace(/^["'`“”„«「]|["'`“”»」]$/g, "").trim();
    if (name === "" || NO_NAME.test(name) || name.split(/\s+/).length > MOST_WORDS) break;
    names.push(name);
  }
  return names;
}
