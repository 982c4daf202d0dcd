import { expect, test } from "vitest";
import { LANGUAGES, languageAskedFor, languageOf, saysInAnyLanguage } from "../../../interpreter/languages/index.ts";

test.each([
  ["What is the mean price by city?", "en"],
  ["Wie viele Autos gibt es in der Tabelle?", "de"],
  ["¿Cuál es la media de los precios?", "es"],
  ["Quelle est la taille moyenne (height) des personnes ?", "fr"],
  ["按野生动物体型(Wildlife Size)统计总费用(Cost Total $)。", "zh"],
  ["グループ1には誰がいますか?", "ja"],
  ["Quali sono le vendite di ogni regione?", "it"],
  ["Quantos carros há na tabela?", "pt"],
  ["Hoeveel auto's zijn er in de tabel?", "nl"],
  ["Ile samochodów jest w tabeli?", "pl"],
  ["Сколько машин в таблице cars.csv?", "ru"],
  ["cars.csv에 자동차가 몇 대 있나요?", "ko"],
  ["Скільки автомобілів у таблиці?", undefined],
  ["Japan, 254", undefined],
  ["42", undefined],
])("%s is in %s", (text, code) => {
  expect(languageOf(text)?.code).toBe(code);
});

test("each language's own refusals are known as such", () => {
  for (const { sentences } of LANGUAGES) {
    for (const text of [sentences.lacks("age"), sentences.isOther("age")])
      expect(saysInAnyLanguage(text, ({ cannot }) => cannot)).toBe(true);
  }
});

test("each language's own sentences are told to be in it, or in none", () => {
  for (const { code, sentences } of LANGUAGES) {
    expect([code, undefined]).toContain(languageOf(sentences.rows(4))?.code);
    expect([code, undefined]).toContain(languageOf(sentences.none)?.code);
  }
});

test.each([
  ["Draw the mean yield by site", true],
  ["Please draw units by month", true],
  ["How many matches ended in a draw?", false],
  ["How often was the draw played at home?", false],
])("%s asks for a chart: %s", (question, isAsked) => {
  expect(saysInAnyLanguage(question, ({ chart }) => chart)).toBe(isAsked);
});

test.each([
  ["Answer in French: how many cars are there?", "fr"],
  ["How many cars are there, in German?", "de"],
  ["How many cars are there? In Spanish, please.", "es"],
  ["Wie viele Autos gibt es? Antworte auf Englisch.", "en"],
  ["How many cars are there? 请用中文回答", "zh"],
  ["How many cars are there? 日本語で答えて", "ja"],
  ["How many cars are there? Answer in Italian.", "it"],
  ["Ile samochodów? Odpowiedz po polsku.", "pl"],
  ["Quante auto ci sono? Rispondi in inglese.", "en"],
  ["How many cars are there? In Korean, please.", "ko"],
  ["How many movies are in French?", undefined],
  ["What do the German cars cost?", undefined],
  ["How many French movies were reviewed in English papers?", undefined],
])("%s asks for %s", (question, code) => {
  expect(languageAskedFor(question)?.code).toBe(code);
});

/** Words of which most questions begin, or are made, in a language: to no other language do they ask for something. */
const ORDINARY: Readonly<Record<string, string>> = {
  en: "which what who when where how many much is are the countries cities stores entries averages sums prices of in for",
  de: "welche welcher welches welchen welchem wie viele was wer wann wo ist sind der die das Läden Länder Preise Summe von in für",
  es: "qué cuál cuáles cuántos cuántas quién cuándo dónde es son los las países tiendas precios suma de en para",
  fr: "quel quelle quels quelles combien qui quand où est sont les des pays magasins prix somme de dans pour",
};

test.each(Object.entries(ORDINARY))("ordinary words of %s ask for nothing in another language", (code, text) => {
  for (const language of LANGUAGES.filter((one) => one.code !== code)) {
    const asked = Object.entries(language.words).filter(([, words]) =>
      text.split(" ").some((word) => words.test(word)),
    );
    expect(asked.map(([name]) => `${language.code}: ${name}`)).toEqual([]);
  }
});
