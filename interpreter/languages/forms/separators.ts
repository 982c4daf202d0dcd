/** What stands between values, by its name in any of the languages; a name that holds another comes before it. */
const SEPARATORS: readonly (readonly [RegExp, string])[] = [
  [/semi-?colons?|Semikolons?|Strichpunkte?n?|puntos? y comas?|points?[- ]virgules?|分号|セミコロン/iu, "; "],
  [/顿号|頓号|読点/u, "、"],
  [/\bcommas?|(?<!\p{L})Komma(?:s|ta)?|(?<!\p{L})comas?(?!\p{L})|\bvirgules?|逗号|カンマ|コンマ/iu, ", "],
  [/\bslash(?:es)?|Schrägstriche?n?|\bbarras?(?! vertical)|\bbarres? obliques?|斜[杠线]|スラッシュ/iu, " / "],
  [/\bpipes?|vertical bars?|senkrechten? Strichen?|barras? verticales?|barres? verticales?|竖线|縦棒/iu, " | "],
  [/\btabs?\b|Tabulator(?:en)?|tabulador(?:es)?|tabulations?|制表符|タブ/iu, "\t"],
  [/\b(?:single )?spaces?\b|Leerzeichen|espacios?|espaces?|空格|スペース/iu, " "],
  [/\bhyphens?|\bdashes\b|Bindestriche?n?|guion(?:es)?|tirets?|连字符|ハイフン/iu, " - "],
];

/** The text with the separator's name as "#", for each that it names. */
export function separatorsNamed(text: string): { readonly separator: string; readonly text: string }[] {
  return SEPARATORS.flatMap(([name, separator]) => {
    const replaced = text.replace(name, "#");
    return replaced === text ? [] : [{ separator, text: replaced }];
  });
}
