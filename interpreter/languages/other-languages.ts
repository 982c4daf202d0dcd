// Languages that questions are asked in as well, and of which less is known: by what they are told, and the sentences that
// are true of any result. What is asked and said in them is read as English is, which finds nothing in other words.

import type { Claims } from "./claims/claims.ts";
import { ITALIAN_CLAIMS } from "./claims/it.ts";
import { KOREAN_CLAIMS } from "./claims/ko.ts";
import { DUTCH_CLAIMS } from "./claims/nl.ts";
import { POLISH_CLAIMS } from "./claims/pl.ts";
import { PORTUGUESE_CLAIMS } from "./claims/pt.ts";
import { RUSSIAN_CLAIMS } from "./claims/ru.ts";
import { english } from "./en.ts";
import type { Language } from "./language.ts";

type Sentences = Omit<Language["sentences"], "measures" | "one" | "byKey">;

/** None of their short words is one of a language in index.ts: "do", "as" and "per" are English, "de" is French. */
interface OtherLanguage extends Pick<Language, "code" | "names" | "hanNames" | "cannot"> {
  readonly claims: Claims;
  readonly answerIn: RegExp; // as the words of a form have it
  readonly commonWords: string; // none, where its script tells it
  readonly sentences: Sentences;
}

/** Names of computed columns stay as SQL has them, and a value stands behind a colon: so it is written in all of them. */
function other({ commonWords, sentences, answerIn, claims: { howMany, ...claims }, ...own }: OtherLanguage): Language {
  const call = (name: string) => (of: string) => `${name}(${of})`;
  return {
    ...english,
    ...claims,
    ...own,
    words: { ...english.words, "row-count": howMany },
    form: { ...english.form, answerIn },
    commonWords: commonWords.split(" ").filter(Boolean),
    sentences: {
      ...sentences,
      measures: {
        ...{ rows: "count(*)", count: call("count"), distinct: (of) => `count(DISTINCT ${of})`, sum: call("sum") },
        ...{ mean: call("avg"), least: call("min"), most: call("max"), median: call("median") },
      },
      one: (name, value) => `${name}: ${value}.`,
      byKey: (name, key, pairs) => `${name} (${key}): ${pairs}.`,
    },
  };
}

const italian = other({
  code: "it",
  claims: ITALIAN_CLAIMS,
  names: ["italian", "italienisch", "italiano", "italien"],
  hanNames: ["意大利语", "イタリア語"],
  commonWords:
    "gli di della delle dei degli nel nella nei è sono quale quali quanti quante quanto qual che ogni più hanno cui nessun risultato sul sulla dalla dal alla ci grafico ha",
  cannot: /non (?:posso|si può|può)|impossibile/iu,
  answerIn: /\b(?:rispondi|rispondere|scrivi|dillo)\b[^.?!]*\bin\s+$/iu,
  sentences: {
    rows: (count) => `Il risultato ha ${count} righe; la tabella le mostra.`,
    none: "Il risultato non ha righe.",
    chart: (measure, key) => `Il grafico mostra ${measure} per ${key}.`,
    lacks: (column) => `Non si può rispondere: nelle tabelle non c'è ${column}.`,
    noNumbers: (column, table, reason) =>
      `Non si può rispondere: in ${table} nessun valore di "${column}" è un numero${reason}.`,
    unreadable: (file, problem) =>
      `${file} non può essere letto: ${problem} Salvalo di nuovo come CSV, Parquet, JSON o .xlsx, o chiedi di un altro file.`,
    noFile: (file, tables) => `Nella cartella del notebook non c'è nessun file ${file}. Ci sono: ${tables}.`,
    nearFile: (file) => `Si intende ${file}?`,
    noTables:
      "Nella cartella del notebook non ci sono tabelle: metti un file (CSV, Excel, Parquet, JSON) accanto al notebook e chiedi di nuovo.",
    isOther: (column) =>
      `Non si può rispondere: nessuna colonna contiene ciò che è chiesto, e "${column}" è un'altra cosa.`,
    ifMeant: (column) => `Se si intende ${column}, chiedilo con questo nome.`,
    unanswerable: "Non si può rispondere con queste tabelle.",
    notFound: "Non si può rispondere: nessuna delle query provate dà ciò che è chiesto.",
    answerInThis: "Rispondi in italiano.",
  },
});

const portuguese = other({
  code: "pt",
  claims: PORTUGUESE_CLAIMS,
  names: ["portuguese", "portugiesisch", "portugués", "português", "portugais"],
  hanNames: ["葡萄牙语", "ポルトガル語"],
  commonWords:
    "o os da dos das nos nas em é foi foram qual quais quantos quantas quanto uma com não há mais têm média resultado tem pelo pela gráfico",
  cannot: /não (?:posso|é possível|pode)|impossível/iu,
  answerIn: /(?<!\p{L})(?:responde|responda|responder|escreve|escreva)(?!\p{L})[^.?!]*\bem\s+$/iu,
  sentences: {
    rows: (count) => `O resultado tem ${count} linhas; a tabela mostra-as.`,
    none: "O resultado não tem linhas.",
    chart: (measure, key) => `O gráfico mostra ${measure} por ${key}.`,
    lacks: (column) => `Não é possível responder: as tabelas não têm ${column}.`,
    noNumbers: (column, table, reason) =>
      `Não é possível responder: nenhum valor de "${column}" em ${table} é um número${reason}.`,
    unreadable: (file, problem) =>
      `${file} não pode ser lido: ${problem} Guarde-o de novo como CSV, Parquet, JSON ou .xlsx, ou pergunte por outro ficheiro.`,
    noFile: (file, tables) => `Na pasta do notebook não há nenhum ficheiro ${file}. Há: ${tables}.`,
    nearFile: (file) => `Quer dizer ${file}?`,
    noTables:
      "Na pasta do notebook não há tabelas: ponha um ficheiro (CSV, Excel, Parquet, JSON) ao lado do notebook e pergunte de novo.",
    isOther: (column) => `Não é possível responder: nenhuma coluna contém o que é pedido, e "${column}" é outra coisa.`,
    ifMeant: (column) => `Se for ${column}, pergunte por esse nome.`,
    unanswerable: "Não é possível responder com estas tabelas.",
    notFound: "Não é possível responder: nenhuma das consultas tentadas dá o que é pedido.",
    answerInThis: "Responde em português.",
  },
});

const dutch = other({
  code: "nl",
  claims: DUTCH_CLAIMS,
  names: ["dutch", "niederländisch", "holandés", "neerlandés", "néerlandais", "nederlands"],
  hanNames: ["荷兰语", "オランダ語"],
  commonWords:
    "het een van zijn hoe elk hoeveel welke welk wat voor elke niet naar aan heeft hebben werd werden deze dit ook gemiddelde uit toon",
  cannot: /kan niet|niet mogelijk|onmogelijk/iu,
  answerIn: /\b(?:antwoord|beantwoord|schrijf)\b[^.?!]*\bin (?:het )?$/iu,
  sentences: {
    rows: (count) => `Het resultaat heeft ${count} rijen; de tabel toont ze.`,
    none: "Het resultaat heeft geen rijen.",
    chart: (measure, key) => `De grafiek toont ${measure} per ${key}.`,
    lacks: (column) => `Dit kan niet worden beantwoord: de tabellen hebben geen ${column}.`,
    noNumbers: (column, table, reason) =>
      `Dit kan niet worden beantwoord: geen waarde van "${column}" in ${table} is een getal${reason}.`,
    unreadable: (file, problem) =>
      `${file} kan niet worden gelezen: ${problem} Sla het opnieuw op als CSV, Parquet, JSON of .xlsx, of vraag naar een ander bestand.`,
    noFile: (file, tables) => `In de map van het notebook is er geen bestand ${file}. Er is: ${tables}.`,
    nearFile: (file) => `Bedoelt u ${file}?`,
    noTables:
      "In de map van het notebook zijn er geen tabellen: zet een bestand (CSV, Excel, Parquet, JSON) naast het notebook en vraag opnieuw.",
    isOther: (column) =>
      `Dit kan niet worden beantwoord: geen kolom bevat wat wordt gevraagd, en "${column}" is iets anders.`,
    ifMeant: (column) => `Als ${column} wordt bedoeld, vraag er met die naam naar.`,
    unanswerable: "Met deze tabellen kan dit niet worden beantwoord.",
    notFound: "Dit kan niet worden beantwoord: geen van de geprobeerde query's geeft wat wordt gevraagd.",
    answerInThis: "Antwoord in het Nederlands.",
  },
});

const polish = other({
  code: "pl",
  claims: POLISH_CLAIMS,
  names: ["polish", "polnisch", "polaco", "polonais", "polski", "polsku"],
  hanNames: ["波兰语", "ポーランド語"],
  commonWords:
    "ile jaki jaka jakie jakich który która które jest są się nie dla każdego każdej każdy oraz najwięcej najmniej przez był była było były mają wynik wynosi w z według średnia średni tabeli kto pokaż",
  cannot: /nie (?:mogę|można|da się)|niemożliwe/iu,
  answerIn: /(?<!\p{L})(?:odpowiedz|napisz)(?!\p{L})[^.?!]*(?<!\p{L})po\s+$/iu,
  sentences: {
    rows: (count) => `Wynik ma wiersze w liczbie ${count}; pokazuje je tabela.`,
    none: "Wynik nie ma wierszy.",
    chart: (measure, key) => `Wykres pokazuje ${measure} według ${key}.`,
    lacks: (column) => `Nie można na to odpowiedzieć: w tabelach nie ma ${column}.`,
    noNumbers: (column, table, reason) =>
      `Nie można na to odpowiedzieć: żadna wartość "${column}" w ${table} nie jest liczbą${reason}.`,
    unreadable: (file, problem) =>
      `Nie można odczytać ${file}: ${problem} Zapisz plik ponownie jako CSV, Parquet, JSON lub .xlsx albo zapytaj o inny.`,
    noFile: (file, tables) => `W folderze notatnika nie ma pliku ${file}. Są: ${tables}.`,
    nearFile: (file) => `Czy chodzi o ${file}?`,
    noTables:
      "W folderze notatnika nie ma tabel: umieść plik (CSV, Excel, Parquet, JSON) obok notatnika i zapytaj ponownie.",
    isOther: (column) =>
      `Nie można na to odpowiedzieć: żadna kolumna nie zawiera tego, o co pytasz, a "${column}" to coś innego.`,
    ifMeant: (column) => `Jeśli chodzi o ${column}, zapytaj o tę nazwę.`,
    unanswerable: "Na podstawie tych tabel nie można na to odpowiedzieć.",
    notFound: "Nie można na to odpowiedzieć: żadne z zapytań nie dało tego, o co pytasz.",
    answerInThis: "Odpowiedz po polsku.",
  },
});

const russian = other({
  code: "ru",
  claims: RUSSIAN_CLAIMS,
  names: ["russian", "russisch", "ruso", "russe", "русском", "русский"],
  hanNames: ["俄语", "ロシア語"],
  commonWords: "",
  cannot: /не могу|нельзя|невозможно/iu,
  answerIn: /(?<!\p{L})(?:ответь(?:те)?|напиши(?:те)?)(?!\p{L})[^.?!]*(?<!\p{L})на\s+$/iu,
  sentences: {
    rows: (count) => `Строк в результате: ${count}; они показаны в таблице.`,
    none: "В результате нет строк.",
    chart: (measure, key) => `На графике показано: ${measure} по ${key}.`,
    lacks: (column) => `На это нельзя ответить: в таблицах нет ${column}.`,
    noNumbers: (column, table, reason) =>
      `На это нельзя ответить: ни одно значение «${column}» в ${table} не является числом${reason}.`,
    unreadable: (file, problem) =>
      `Файл ${file} не читается: ${problem} Сохраните его заново как CSV, Parquet, JSON или .xlsx или спросите о другом файле.`,
    noFile: (file, tables) => `В папке блокнота нет файла ${file}. Есть: ${tables}.`,
    nearFile: (file) => `Имеется в виду ${file}?`,
    noTables:
      "В папке блокнота нет таблиц: положите файл (CSV, Excel, Parquet, JSON) рядом с блокнотом и спросите снова.",
    isOther: (column) =>
      `На это нельзя ответить: ни в одном столбце нет того, о чём вы спросили, а «${column}» — это другое.`,
    ifMeant: (column) => `Если имеется в виду ${column}, спросите по этому имени.`,
    unanswerable: "По этим таблицам на это нельзя ответить.",
    notFound: "На это нельзя ответить: ни один из запросов не дал того, о чём вы спросили.",
    answerInThis: "Ответь на русском языке.",
  },
});

const korean = other({
  code: "ko",
  claims: KOREAN_CLAIMS,
  names: ["korean", "koreanisch", "coreano", "coréen", "한국어"],
  hanNames: ["韩语", "韓国語"],
  commonWords: "",
  cannot: /수 없/u,
  answerIn: /$^/, // the word stands behind the name
  sentences: {
    rows: (count) => `결과는 ${count}행이며, 표에 나와 있습니다.`,
    none: "결과에 행이 없습니다.",
    chart: (measure, key) => `차트는 ${key}별 ${measure} 값을 보여 줍니다.`,
    lacks: (column) => `답할 수 없습니다: 표에 ${column} 열이 없습니다.`,
    noNumbers: (column, table, reason) => `답할 수 없습니다: ${table}의 "${column}"에 숫자인 값이 없습니다${reason}.`,
    unreadable: (file, problem) =>
      `${file} 파일을 읽을 수 없습니다: ${problem} CSV, Parquet, JSON 또는 .xlsx로 다시 저장하거나 다른 파일에 대해 물어보세요.`,
    noFile: (file, tables) => `노트북 폴더에 ${file} 파일이 없습니다. 있는 것: ${tables}.`,
    nearFile: (file) => `${file}을(를) 말씀하시는 건가요?`,
    noTables: "노트북 폴더에 표가 없습니다: 파일(CSV, Excel, Parquet, JSON)을 노트북 옆에 두고 다시 물어보세요.",
    isOther: (column) => `답할 수 없습니다: 물어본 내용을 담은 열이 없으며, "${column}"은(는) 다른 것입니다.`,
    ifMeant: (column) => `${column}을(를) 뜻한다면 그 이름으로 물어보세요.`,
    unanswerable: "이 표들로는 답할 수 없습니다.",
    notFound: "답할 수 없습니다: 시도한 쿼리 가운데 물어본 것을 주는 것이 없습니다.",
    answerInThis: "한국어로 답하세요.",
  },
});

export const OTHER_LANGUAGES: readonly Language[] = [italian, portuguese, dutch, polish, russian, korean];
export const RUSSIAN = russian;
export const KOREAN = korean;
