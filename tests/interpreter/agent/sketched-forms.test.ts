// Forms as people ask for them in six languages, whatever a scripted model answers: the shape, the names, the writing of values.
import { describe, expect, test } from "vitest";
import { askedForm } from "../../../interpreter/agent/question/asked-form.ts";
import { quotedTexts, unusedNumbers, yearsIn } from "../../../interpreter/agent/question/question-parts.ts";
import { forModel } from "../../../interpreter/agent/question/without-form.ts";
import type { SqlResult } from "../../../interpreter/index.ts";
import { languageAskedFor } from "../../../interpreter/languages/index.ts";
import { fakeSession, tableOf } from "../fake-session.ts";
import { run } from "./agent-run.ts";

const GOATS = tableOf("herd count_star()", ["Alm", 12], ["Ried", 7]);
const MILK = tableOf("herd litres", ["Alm", 1234.567], ["Ried", 98.4]);
const HERDS = tableOf("herd", ["Ried"], ["Alm"], ["Moos"]);
const TOP = tableOf("herd n", ["Alm", 12]);
const ENDS = tableOf("least most", [3, 41]);
const TOTAL = tableOf("total", [2595927.219]);
const SHARE = tableOf("share", [0.0667]);
const WEIGHT = tableOf("weight", [43.26]);
const DAY = tableOf("day", ["2024-01-03"]);
const MONTH = tableOf("month n", ["2024-06", 73]);
const MINUTES = tableOf("milking_minutes", [86.7]);
const RATIO = tableOf("ratio", [2.2258]);
const IS = tableOf("higher", [true]);

async function answerTo(question: string, table: SqlResult, told: string, query = "SELECT x FROM t") {
  const session = fakeSession({ sql: () => table, tables: [] });
  return (await run([`\`\`\`sql\n${query}\n\`\`\``, told, told, told], { question, session })).end;
}

describe("the names that a question gives", () => {
  const keyed = '{"Alm":12,"Ried":7}';
  const objects = '[{"group":"Alm","animals":12},{"group":"Ried","animals":7}]';
  const markdown = "| Group | Animals (n) |\n| --- | --- |\n| Alm | 12 |\n| Ried | 7 |";
  test.each([
    ["Goats per herd. Respond with JSON, keys group and animals.", GOATS, objects],
    ['Goats per herd? Output: [{"group": "...", "animals": 0}]', GOATS, objects],
    ["每群有多少只羊？输出JSON，字段为 group 和 animals。", GOATS, objects],
    ["群れごとの頭数をJSONで返して。フィールドは group と animals。", GOATS, objects],
    ["Cabras por rebaño en JSON, con el rebaño como clave.", GOATS, keyed],
    ["Ziegen je Herde als JSON-Objekt (Herde: Anzahl)", GOATS, keyed],
    ["Chèvres par troupeau en JSON, le troupeau comme clé.", GOATS, keyed],
    ['How many, in which herd? {"herd": ..., "n": ...}', TOP, '{"herd":"Alm","n":12}'],
    ["Goats per herd as a Markdown table with columns Group and Animals (n).", GOATS, markdown],
    ["Ziegen je Herde als Tabelle mit den Spalten Group und Animals (n).", GOATS, markdown],
    ["Cabras por rebaño en una tabla con las columnas Group y Animals (n).", GOATS, markdown],
    ["Chèvres par troupeau dans un tableau avec les colonnes Group et Animals (n).", GOATS, markdown],
    ["每群的羊数，做成表格，列名为 Group 和 Animals (n)。", GOATS, markdown],
    ["Goats per herd as CSV with header group,animals", GOATS, "group,animals\nAlm,12\nRied,7"],
  ])("%s", async (question, table, answer) => {
    expect(await answerTo(question, table, "Alm: 12, Ried: 7.")).toMatchObject({ reason: "answered", answer });
  });

  test("stand in the order that is asked for, by their words", async () => {
    const question = "Litres per herd as a table with columns Litres and Herd.";
    const { answer } = await answerTo(question, MILK, "Alm 1234.567, Ried 98.4");
    expect(answer).toBe("| Litres | Herd |\n| --- | --- |\n| 1234.567 | Alm |\n| 98.4 | Ried |");
  });

  test("where only their order says which column they mean, that is told", async () => {
    const told = "which value stands under which name follows the order of the result's columns";
    const { doubts } = await answerTo("Litros por rebaño en JSON con los campos leche y grupo.", MILK, "so");
    expect(doubts).toContain(told);
    const named = await answerTo("Litres per herd as JSON with keys herd and milk.", MILK, "so");
    expect(named.doubts ?? []).not.toContain(told);
  });

  test("numbers of typed forms stay numbers", async () => {
    const { answer } = await answerTo("Litres per herd as YAML, rounded to 1 decimal", MILK, "so");
    expect(answer).toBe('- herd: "Alm"\n  litres: 1234.6\n- herd: "Ried"\n  litres: 98.4');
  });
});

describe("what a question shows of the answer", () => {
  test.each([
    ["Goats per herd, one line each, as 'herd - goats'", GOATS, "Alm - 12\nRied - 7"],
    ["Ziegen je Herde, eine pro Zeile, in der Form Herde: Anzahl", GOATS, "Alm: 12\nRied: 7"],
    ["Les chèvres par troupeau, une par ligne, sous la forme nom : nombre.", GOATS, "Alm : 12\nRied : 7"],
    ["Goats per herd in the form herd (count), comma separated", GOATS, "Alm (12), Ried (7)"],
    ['The fewest and the most goats, as a range like "5–30".', ENDS, "3–41"],
    ["Wie viele mindestens und höchstens? Als Bereich.", ENDS, "3–41"],
    ["Complete: The largest herd is ___ with ___ goats.", TOP, "The largest herd is Alm with 12 goats."],
    [
      "Vervollständige den Satz: Die größte Herde ist ___ mit ___ Ziegen.",
      TOP,
      "Die größte Herde ist Alm mit 12 Ziegen.",
    ],
    [
      "Complète la phrase : Le plus grand troupeau est ___ (___ chèvres).",
      TOP,
      "Le plus grand troupeau est Alm (12 chèvres).",
    ],
    ["填空：最大的羊群是___，有___只羊。", TOP, "最大的羊群是Alm，有12只羊。"],
    ['How large is the largest? Answer in the format "Herd <name>: <count> goats".', TOP, "Herd Alm: 12 goats"],
    ["How many goats? Begin your answer with 'Goats:'", TOP, "Goats: Alm has 12."],
    ["Wie viele Ziegen? Beginne deine Antwort mit „Antwort:“", TOP, "Antwort: Alm has 12."],
    ["有多少只羊？以“答案：”开头。", TOP, "答案： Alm has 12."],
  ])("%s", async (question, table, answer) => {
    expect(await answerTo(question, table, "Alm has 12.")).toMatchObject({ reason: "answered", answer });
  });

  test("the most of several rows fills a sentence", async () => {
    const { answer } = await answerTo("Complete: The herd with the most goats is ___ with ___.", GOATS, "It is Alm.");
    expect(answer).toBe("The herd with the most goats is Alm with 12.");
  });

  test("a pair keeps its numbers where the model tells only the names", async () => {
    const { answer } = await answerTo(
      "Goats per herd, one per line, as 'herd - goats'",
      GOATS,
      "The herds are:\nAlm\nRied",
    );
    expect(answer).toBe("Alm - 12\nRied - 7");
  });

  test("a sentence that no result fills is told", async () => {
    const { doubts } = await answerTo("Complete: ___ and ___ and ___ are the largest.", TOP, "Alm is the largest.");
    expect(doubts).toContain("the answer is not in the form that was asked for");
  });

  test("is no condition of the query", () => {
    const question = "In which month are most kids born? Write it like 'March 2021', in at most 12 words.";
    expect(yearsIn(question)).toEqual([]);
    expect(quotedTexts(question)).toEqual([]);
    expect(unusedNumbers(question, "SELECT month FROM t")).toEqual([]);
    expect(unusedNumbers("占多少？请用百分数表示。", "SELECT share FROM t")).toEqual([]);
  });

  test("a value that is looked for shows no form", () => {
    const question = "How many goats have a name like 'Heidi' or written as 'Rosa 2'?";
    expect(quotedTexts(question).map(({ text }) => text)).toEqual(["Heidi", "Rosa 2"]);
    expect(askedForm(question)).toEqual({ shape: undefined, decimals: undefined, currency: undefined });
  });
});

describe("one value, and nothing else", () => {
  test.each([
    ["Which herd is largest? Just the herd.", TOP, "Alm"],
    ["Which herd is largest? One word, please.", TOP, "Alm"],
    ["Welche Herde ist am größten? Nur die Herde nennen.", TOP, "Alm"],
    ["¿Cuál es el mayor rebaño? Contesta únicamente con el nombre.", TOP, "Alm"],
    ["Quel troupeau est le plus grand ? Juste le troupeau.", TOP, "Alm"],
    ["哪个羊群最大？只说群名就行。", TOP, "Alm"],
    ["一番大きい群れは？群れだけ答えて。", TOP, "Alm"],
    ["How many goats has Alm? Just the figure.", TOP, "12"],
    ["Combien de chèvres ? Uniquement le chiffre.", TOP, "12"],
    ["Alm は何頭？数だけ。", TOP, "12"],
    ["On what weekday was the first milking? Just the weekday.", DAY, "Wednesday"],
    ["An welchem Wochentag war das? Nur den Wochentag.", DAY, "Mittwoch"],
    ["True or false: Alm has more goats than Ried.", IS, "true"],
    ["Wahr oder falsch: Alm hat mehr Ziegen als Ried.", IS, "wahr"],
    ["Vrai ou faux : Alm a plus de chèvres que Ried.", IS, "vrai"],
  ])("%s", async (question, table, answer) => {
    expect(await answerTo(question, table, "It is Alm, 12.")).toMatchObject({ reason: "answered", answer });
  });
});

describe("names and what stands between them", () => {
  test.each([
    ["Which herds? Separate them with semicolons.", "Ried; Alm; Moos"],
    ["Welche Herden? Durch Strichpunkte getrennt.", "Ried; Alm; Moos"],
    ["¿Qué rebaños hay? Separados por punto y coma.", "Ried; Alm; Moos"],
    ["Quels troupeaux ? Séparés par des points-virgules.", "Ried; Alm; Moos"],
    ["有哪些羊群？用顿号隔开。", "Ried、Alm、Moos"],
    ["Which herds? Slash-separated.", "Ried / Alm / Moos"],
    ["Which herds, sorted alphabetically and separated with commas?", "Alm, Moos, Ried"],
    ["Welche Herden? Mit Spiegelstrichen.", "- Ried\n- Alm\n- Moos"],
  ])("%s", async (question, answer) => {
    expect(await answerTo(question, HERDS, "They are three.")).toMatchObject({ reason: "answered", answer });
  });

  test.each([
    ["Which herd is largest? Put its name in bold.", "It is Alm, 12.", "It is **Alm**, 12."],
    ["Welche Herde ist am größten? In Anführungszeichen.", "Es ist Alm, 12.", 'Es ist "Alm", 12.'],
    ["Quel troupeau est le plus grand ? Entre crochets.", "C'est Alm, 12.", "C'est [Alm], 12."],
  ])("%s", async (question, told, answer) => {
    expect((await answerTo(question, TOP, told)).answer).toBe(answer);
  });
});

describe("numbers, times and dates", () => {
  test.each([
    ["The total, with thousands separators and two decimals", TOTAL, "It is 2595927.219.", "It is 2,595,927.22."],
    ["Die Summe mit Tausenderpunkten und 2 Nachkommastellen", TOTAL, "Es ist 2595927.219.", "Es ist 2.595.927,22."],
    ["The total in millions of euros with 1 decimal", TOTAL, "It is 2595927.219.", "It is 2.6 million euros."],
    ["Die Summe in Tausend Euro, eine Nachkommastelle.", TOTAL, "Es ist 2595927.219.", "Es ist 2595.9 Tausend Euro."],
    ["总额是多少？以万元为单位，保留一位小数。", TOTAL, "是2595927.219。", "是259.6 万元。"],
    ["The total with the € sign in front", TOTAL, "It is 2595927.219.", "It is €2595927.219."],
    ["¿Cuál es el total? Con el símbolo €.", TOTAL, "Es 2595927.219.", "Es 2595927.219 €."],
    ["What share, in percent, no decimals?", SHARE, "It is 0.0667.", "It is 7 %."],
    ["What share, as a % with one decimal?", SHARE, "It is 6.67 %.", "It is 6.7 %."],
    ["Quel est le poids moyen, arrondi au dixième ?", WEIGHT, "C'est 43.26.", "C'est 43.3."],
    ["Das mittlere Gewicht in ganzen Kilo?", WEIGHT, "Es ist 43.26.", "Es ist 43 Kilo."],
    ["The mean weight with the unit kg", WEIGHT, "It is 43.26.", "It is 43.26 kg."],
    ["How long is milking, as h:mm?", MINUTES, "It is 86.7 minutes.", "It is 1:27."],
    ["Goats to sheep, in the form x:1 with one decimal", RATIO, "It is 2.2258.", "It is 2.2:1."],
    ["Which month? Write it like 'March 2021'.", MONTH, "It is 2024-06.", "It is June 2024."],
    ["¿Qué mes? Escríbelo como 'marzo de 2021'.", MONTH, "Es 2024-06.", "Es junio de 2024."],
    ["哪天？用YYYY年M月D日格式。", DAY, "是2024-01-03。", "是2024年1月3日。"],
    ["いつ？YYYY/MM/DD形式で。", DAY, "2024-01-03です。", "2024/01/03です。"],
    ["Quel jour ? Au format jj/mm/aaaa.", DAY, "C'est 2024-01-03.", "C'est 03/01/2024."],
    ["Which day? In ISO format.", DAY, "It is 3 January 2024.", "It is 2024-01-03."],
  ])("%s", async (question, table, told, answer) => {
    expect((await answerTo(question, table, told)).answer).toBe(answer);
  });

  test("what is a percentage already is not multiplied again", async () => {
    const share = tableOf("part", [0.8]);
    const query = "SELECT 100.0 * count(*) / sum(n) AS part FROM t";
    const { answer } = await answerTo("Which part of them, in percent?", share, "It is 0.8.", query);
    expect(answer).toBe("It is 0.8 %.");
  });

  test("what nothing says the unit of is no time, which is told", async () => {
    const { answer, doubts } = await answerTo("How long, as h:mm?", tableOf("longest", [86.7]), "It is 86.7.");
    expect(answer).toBe("It is 86.7.");
    expect(doubts).toContain("the answer is not in the form that was asked for");
  });
});

describe("how long an answer may be", () => {
  test.each([
    ["In at most 6 words: which herd is largest?", { unit: "words", most: 6 }],
    ["Welche Herde? In höchstens 8 Wörtern.", { unit: "words", most: 8 }],
    ["Quel troupeau ? En moins de 15 mots.", { unit: "words", most: 14 }],
    ["¿Qué rebaño? En una sola frase.", { unit: "sentences", most: 1 }],
    ["哪个羊群？不超过20个字。", { unit: "words", most: 20 }],
    ["どの群れ？20文字以内で。", { unit: "words", most: 20 }],
    ["Which herd? No more than two lines.", { unit: "lines", most: 2 }],
  ])("%s", (question, length) => {
    expect(askedForm(question).lengths).toContainEqual(length);
  });

  test("what is longer is asked for again, else told in our own words", async () => {
    const long = "The herd that has by far the most goats of them all is Alm with 12.";
    expect((await answerTo("In at most 8 words: which herd?", TOP, long)).answer).toBe("herd is Alm. n is 12.");
  });

  test.each(["How many reviews have at most 5 words?", "Which songs have fewer than 10 lines?"])(
    "%s says nothing of it",
    (question) => {
      expect(askedForm(question).lengths).toBeUndefined();
    },
  );
});

test.each([
  ["¿Cuántas cabras hay? Contéstame en inglés.", "en"],
  ["Combien de chèvres ? Répondez en allemand.", "de"],
  ["Wie viele Ziegen? Schreib auf Französisch.", "fr"],
])("%s", (question, code) => {
  expect(languageAskedFor(question)?.code).toBe(code);
});

test.each([
  "Which customers have names in quotes?",
  "How many products are sold with the unit kg?",
  "Which songs have a title with at most two words?",
  "Which team has a score like '3:1'?",
  'How many names begin with "Mc"?',
  "How many tickets were sold as 'A - B' combos?",
  "Compare column price and column cost for each shop.",
  "Which articles have a bold title?",
  "How many people answered true or false to question 4?",
  "Welche Bücher haben einen Titel mit weniger als drei Wörtern?",
  "Welche Namen beginnen mit „Sch“?",
  "¿Cuántos productos llevan el símbolo del euro?",
  "Combien de titres ont moins de cinq mots ?",
  "有多少名字以“王氏”开头？",
  "タイトルが10文字以内の本は何冊ですか？",
  "Plot the price over time, one line per symbol.",
])("%s asks for no form", (question) => {
  expect(askedForm(question)).toEqual({ shape: undefined, decimals: undefined, currency: undefined });
  expect(forModel(question)).toBe(question);
});

describe("what is filled in afterwards the model does not read", () => {
  test.each([
    ["Which herd is largest? Put its name in bold.", "Which herd is largest?"],
    ["Which herds, sorted alphabetically and separated with commas?", "Which herds?"],
    ["Mean weight per herd as a Markdown table with columns Herd and Weight (kg).", "Mean weight per herd."],
    ["Goats per herd as CSV with header herd,goats", "Goats per herd"],
    ["When was the first milking? Date as DD.MM.YYYY.", "When was the first milking?"],
    ["In which month? Write it like 'March 2021'.", "In which month?"],
    ["¿Cuál es el precio más alto? Con el símbolo €.", "¿Cuál es el precio más alto?"],
    ["Welche Herden gibt es? Als Aufzählung mit Spiegelstrichen.", "Welche Herden gibt es?"],
    ["Donne le lait par troupeau en YAML.", "Donne le lait par troupeau."],
    ["What is the total weight to 3 significant figures?", "What is the total weight?"],
    ["Gesamtgewicht, gerundet auf 3 signifikante Stellen?", "Gesamtgewicht?"],
    ["哪个羊群最大？只要名字。", "哪个羊群最大？"],
    ["最後の日はいつ？YYYY/MM/DD形式で。", "最後の日はいつ？"],
  ])("%s", (question, read) => {
    expect(forModel(question)).toBe(read);
  });

  test.each([
    "Which herds are in bold colours on the list of 2020?",
    "Complete: The largest herd is ___ with ___ goats.",
    'How many? Answer in JSON like {"n": 0}.',
    "How many goats have only the number 5 on their ear?",
    "What share of them, in percent, for herds of more than 5 goats?",
    "List the herds, in Tyrol only, with more than 10 goats.",
  ])("%s is read as it is", (question) => {
    expect(forModel(question)).toBe(question);
  });

  test("nor are significant figures a test's", async () => {
    const { model } = await run(["```sql\nSELECT 1\n```", "It is 43."], {
      question: "What is the total weight to 3 significant figures?",
      session: fakeSession({ sql: () => WEIGHT, tables: [] }),
    });
    expect(JSON.stringify(model.requests[0])).not.toContain("statistics");
  });
});
