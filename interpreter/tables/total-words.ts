// What a row says of itself that sums up others: "Total", "Subtotal North", "Zwischensumme", "合计".

const WORDS = [
  "(?:(?:grand|sub|overall)[ -]?)?total(?:s|e|en)?(?: general| général| generale)?|sum",
  "(?:zwischen|gesamt|end)?summe|(?:gesamt|teil|zwischen)ergebnis|gesamt|insgesamt|somme|sous-total|suma",
  "(?:sub|eind)?totaal|subtotale|totalsumm?a?|hovedtotal|celkový součet",
  "toplam|ara toplam|genel toplam|итого|всего|общий итог|razem|suma końcowa|celkem|összesen|ukupno|yhteensä|summa",
].join("|");
const SIGNS = "合计|总计|小计|總計|小計|合計|総計|총계|합계|소계"; // no blank parts them from what they sum up

/** At the beginning of a text, for JavaScript. */
export const TOTAL_START = new RegExp(`^(?:(?:${WORDS})(?![\\p{L}\\p{N}_])|${SIGNS})`, "iu");

/** Alone they are a row's name; among others they are a part of one: "Media GmbH". */
const MEANS = "mean|average|avg\\.?|durchschnitt|mittelwert|mittel|moyenne|promedio|media|gemiddelde|平均|平均值";

/** Of a whole text, for DuckDB: the word, with what is summed up before or behind it. */
export const TOTAL_TEXT = `^(?i:${MEANS}|(?:${WORDS})(?:[ :(,–-].*)?|.*[ :-](?:${WORDS})|.+ ergebnis|(?:${SIGNS}).*|.*(?:${SIGNS}))$`;
