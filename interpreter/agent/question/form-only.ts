// A question that asks only for another form of the answer before: "and now as a table", "same but rounded", "en français".
import { asksFor, LANGUAGES, languageAskedFor, saysInAnyLanguage } from "../../languages/index.ts";
import { type AskedForm, askedForm, FORMATS } from "./asked-form.ts";
import { JSON_FORM, PYTHON } from "./asked-json.ts";
import { UNITS } from "./asked-units.ts";
import { DATE_FORMAT, HOURS_AND_MINUTES } from "./asked-writing.ts";
import { beginningsIn, sketchesIn } from "./sketches.ts";
import { forModel } from "./without-form.ts";

/** What a question means beside those before it. */
export interface MeantQuestion {
  /** With the question before, where it asks only for another form of its answer. */
  readonly question: string;
  readonly form: AskedForm;
  readonly isOnlyForm: boolean;
  /** Which of the questions asks for what is told. */
  readonly asked: number;
}

const FILLING = new Set(
  (
    "and now then again also but just only please pls thanks same the thing that it this them those these all give show tell make put write " +
    "format formatted return get me us as in with to of for a an can could you do instead result results answer answers number numbers value values i want need " +
    "like once more rounded round sorted the using use by output print reply respond it's " +
    "und jetzt nun dann nochmal noch einmal auch aber nur bitte danke das gleiche dasselbe die der den dem es ergebnis ergebnisse antwort zahl zahlen werte gib zeig zeige " +
    "schreib schreibe mach mache mir uns als in im mit auf ein eine einen einer eines kannst du formatiere gerundet runde aus gib's " +
    "y ahora luego otra vez también pero solo sólo por favor gracias lo mismo la el los las una un dame muestra muéstralo muéstrame escribe escríbelo ponlo pon hazlo " +
    "como en con de para resultado respuesta número números redondeado redondeada redondea puedes devuélvelo " +
    "et maintenant ensuite encore aussi mais juste seulement svp s'il te vous plaît plait merci la même chose le les des du une donne donnez montre affiche écris mets moi nous " +
    "comme sous forme avec résultat réponse nombre arrondi arrondie arrondis peux tu ça cela c'est d'une d'un l'ensemble"
  ).split(" "),
);
const FILLING_HAN =
  /现在|然后|再|也|但|只|请|谢谢|一样|相同|同样|结果|答案|数字|给我|显示|输出|列出|写|改成|换成|做成|返回|一下|的|用|以|把|它|成|四舍五入|今度|次|もう一度|同じ|結果|答え|数字|ください|下さい|お願い(?:します)?|して|出して|見せて|表示|書いて|教えて|それ|これ|を|で|に|の|も|と|は/gu;
const MOST_LETTERS = 90;

/** @param questions of a conversation, the newest last */
export function meantQuestion(questions: readonly string[]): MeantQuestion {
  const own = questions.at(-1) ?? "";
  const form = askedForm(own);
  const alone = { question: own, form, isOnlyForm: false, asked: questions.length - 1 };
  if (questions.length < 2 || !asksOnlyForm(own, form)) return alone;
  const before = meantQuestion(questions.slice(0, -1));
  const isOfOther = form.writing?.isPercent && !asksFor(before.question, "share-of-rows"); // counts have to be divided first
  const isSorted = form.writing?.order && !(form.shape ?? before.form.shape);
  if (isOfOther || isSorted || saysInAnyLanguage(before.question, ({ chart }) => chart)) return alone;
  return {
    question: `${forModel(before.question)} ${own}`,
    form: together(before.form, form),
    isOnlyForm: true,
    asked: before.asked,
  };
}

/** What the newer one says nothing of stays as it was. */
function together(before: AskedForm, own: AskedForm): AskedForm {
  const writing = { ...before.writing, ...own.writing };
  return {
    ...{ ...before, ...own },
    shape: own.shape ?? before.shape,
    decimals: own.decimals ?? before.decimals,
    currency: own.currency ?? before.currency,
    ...(Object.keys(writing).length > 0 && { writing }),
  };
}

function asksOnlyForm(question: string, { shape, decimals, currency, writing, begins, lengths }: AskedForm): boolean {
  const asked = shape ?? decimals ?? currency ?? writing ?? begins ?? lengths ?? languageAskedFor(question);
  if (asked === undefined || question.length > MOST_LETTERS) return false;
  if (saysInAnyLanguage(question, ({ chart }) => chart)) return false;
  const left = withoutFormWords(question).replace(FILLING_HAN, " ");
  return (left.toLowerCase().match(/[\p{L}\p{N}'’]+/gu) ?? []).every((word) => FILLING.has(word.replace("’", "'")));
}

function withoutFormWords(question: string): string {
  let left = question;
  const blank = (words: RegExp) => {
    const flags = [...new Set(`${words.flags}g`)].join("");
    left = left.replace(new RegExp(words.source, flags), " ");
  };
  for (const { span } of [...sketchesIn(question), ...beginningsIn(question)].reverse())
    left = `${left.slice(0, span[0])} ${left.slice(span[1])}`;
  for (const words of [JSON_FORM, PYTHON, FORMATS, DATE_FORMAT, HOURS_AND_MINUTES]) blank(words);
  for (const { form, names, hanNames } of LANGUAGES) {
    const {
      places,
      nearest,
      scaled,
      numerals: _,
      groups: __,
      trueAndFalse: ___,
      begins: ____,
      like: _____,
      ...words
    } = form;
    for (const one of Object.values(words)) blank(one);
    for (const [one] of [...places, ...nearest, ...scaled]) blank(one);
    blank(new RegExp(`(?<!\\p{L})(?:${names.join("|")})(?!\\p{L})|${hanNames.join("|")}`, "iu"));
  }
  for (const { named } of UNITS) blank(named);
  return left.replace(
    /csv|tsv|yaml|json|markdown|liste?|table|tabelle|tabla|tableau|表格|リスト|dollars?|euros?|[€$£¥%]/giu,
    " ",
  );
}
