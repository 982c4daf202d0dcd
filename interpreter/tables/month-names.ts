// Names of months by their number: English, German, French, Spanish, Italian, Portuguese, Dutch, the Nordic languages,
// Polish, Czech, Hungarian, Romanian, Turkish, Russian, Ukrainian and Indonesian, in the form that stands in dates. Without
// accents, in lower case; an abbreviation is any beginning that is a month of one number only, of at least three letters.
// Words with an exclamation mark have none: the beginning of the Finnish November is March elsewhere.

const MONTHS: readonly string[] = [
  "january januar janner janvier enero gennaio janeiro januari stycznia ledna ocak января січня tammikuuta! ianuarie",
  "february februar fevrier febrero febbraio fevereiro februari lutego unora subat февраля лютого helmikuuta! februarie",
  "march marz maerz mrz mars marzo marco maart mrt brezna marcius marta марта березня maaliskuuta! martie marts marca maret",
  "april avril abril aprile kwietnia dubna nisan aprilis апреля квітня huhtikuuta! aprilie",
  "may mai mayo maggio maio mei maj maja kvetna majus мая травня toukokuuta! mayıs",
  "june juni juin junio giugno junho czerwca cervna haziran juni июня червня kesakuuta! iunie junius",
  "july juli juillet julio luglio julho lipca cervence temmuz juli июля липня heinakuuta! iulie julius",
  "august aout agosto augustus sierpnia srpna augusti agustos августа серпня elokuuta! augusztus agustus",
  "september septembre septiembre settembre setembro sept setiembre wrzesnia zari eylul szeptember сентября вересня syyskuuta! septembrie",
  "october oktober octobre octubre ottobre outubro okt pazdziernika rijna ekim oktober октября жовтня lokakuuta! octombrie",
  "november novembre noviembre novembro listopadu ноября листопада marraskuuta! noiembrie listopada kasım",
  "december dezember decembre diciembre dicembre dezembro grudnia prosince декабря грудня joulukuuta! decembrie desember aralık",
];

const MIN_LETTERS = 3;

/** Each word for a month that has one meaning, with its number from 1 to 12. */
export const MONTH_NUMBERS: ReadonlyMap<string, number> = monthNumbers();

function monthNumbers(): Map<string, number> {
  const numbers = new Map<string, number>();
  const several = new Set<string>();
  MONTHS.forEach((names, i) => {
    for (const one of names.split(" ")) {
      const name = one.replace("!", "");
      for (let length = one === name ? MIN_LETTERS : name.length; length <= name.length; length++) {
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
