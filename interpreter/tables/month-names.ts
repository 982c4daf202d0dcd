// Names of months in English, German, French, Spanish, Italian, Portuguese and Dutch, by their number. Without accents, in
// lower case; an abbreviation is any beginning that is a month of one number only, of at least three letters.

const MONTHS: readonly string[] = [
  "january januar janner janvier enero gennaio janeiro januari",
  "february februar fevrier febrero febbraio fevereiro februari",
  "march marz maerz mrz mars marzo marco maart mrt",
  "april avril abril aprile",
  "may mai mayo maggio maio mei",
  "june juni juin junio giugno junho",
  "july juli juillet julio luglio julho",
  "august aout agosto augustus",
  "september septembre septiembre settembre setembro sept setiembre",
  "october oktober octobre octubre ottobre outubro okt",
  "november novembre noviembre novembro",
  "december dezember decembre diciembre dicembre dezembro",
];

const MIN_LETTERS = 3;

/** Each word for a month that has one meaning, with its number from 1 to 12. */
export const MONTH_NUMBERS: ReadonlyMap<string, number> = monthNumbers();

function monthNumbers(): Map<string, number> {
  const numbers = new Map<string, number>();
  const several = new Set<string>();
  MONTHS.forEach((names, i) => {
    for (const name of names.split(" ")) {
      for (let length = MIN_LETTERS; length <= name.length; length++) {
        const word = name.slice(0, length);
        if ((numbers.get(word) ?? i + 1) !== i + 1) several.add(word); // "mar" is March, "jui" is two months
        numbers.set(word, i + 1);
      }
    }
  });
  for (const word of several) numbers.delete(word);
  return numbers;
}

export function monthNumber(word: string): number | undefined {
  return MONTH_NUMBERS.get(word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase());
}
