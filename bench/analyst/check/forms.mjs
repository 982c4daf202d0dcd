// Whether an answer has the form that was asked for. Its values are judged elsewhere.
import { cellNumber, numbersIn, plainText } from "./numbers.mjs";
import { isInText, placesOf } from "./values.mjs";

/** Short words and letters that tell a language from the other five. */
const SIGNS = {
  en: /\b(the|is|are|was|were|of|and|by)\b/gi,
  de: /\b(der|die|das|ist|sind|hat|wurden?|von|und)\b|[äöüß]/gi,
  es: /\b(el|la|los|las|es|son|hay|fueron|una?|del?)\b|[ñ¿¡íóú]/gi,
  fr: /\b(le|la|les|a|ont|est|sont|des?|du|une?)\b|[dl]'|[éèêàç]/gi,
  zh: /[的了是在有个共]/g,
  ja: /[ぁ-ん]/g,
};

/** Each is given the answer, what the form asks, and the rows that the answer should tell. */
const FORMS = {
  /** An object with these keys and no others, be it in a block of code. */
  json(answer, keys) {
    const object = parsed(/^```(?:json)?\s*([\s\S]*?)\s*```$/.exec(answer)?.[1] ?? answer);
    return object !== undefined && Object.keys(object).sort().join() === [...keys].sort().join();
  },
  /** Nothing but a number. */
  number: (answer) => /^[-−]?\d[\d.,  ]*$/.test(answer),
  /** Nothing but one word, or one name. */
  word: (answer, _asked, rows) => plainText(answer).toLowerCase() === plainText(String(rows[0][0])).toLowerCase(),
  /** The names and commas. */
  list(answer, _asked, rows) {
    const names = answer.replace(/\.$/, "").split(/\s*[,，、]\s*/);
    return names.length === rows.length && names.every((name) => rows.some(([row]) => row === name));
  },
  bullets(answer, _asked, rows) {
    const bullets = answer.split("\n").filter((line) => /^\s*[-*•] /.test(line));
    return bullets.length === rows.length;
  },
  table: (answer, _asked, rows) =>
    /^\|?.+\|.+\n\|?\s*:?-+:?\s*\|/m.test(answer) && (answer.match(/^.*\|.*$/gm) ?? []).length === rows.length + 2,
  /** A number in the place of "{}", and nothing else. */
  template(answer, asked) {
    const [before, after] = asked.split("{}");
    const inner = answer.slice(before.length, answer.length - after.length).trim();
    return answer.startsWith(before) && answer.endsWith(after) && /^[-−]?\d[\d.,]*$/.test(inner);
  },
  /** "@name[12.3]", at the end. */
  tag(answer, name, [[value]], question) {
    const inner = new RegExp(`@${name}\\[([^\\]]*)\\]\\s*[.。]?$`).exec(answer)?.[1];
    return inner !== undefined && numbersIn(inner).length === 1 && isInText(value, inner, question);
  },
  decimals(answer, count, [[value]], question) {
    const at = placesOf(value, answer, question).at(-1)?.at;
    const written = at === undefined ? "" : /^-?[\d.,]*\d/.exec(plainText(answer).slice(at))[0];
    return new RegExp(`[.,]\\d{${count}}$`).test(written);
  },
  language(answer, language) {
    const hits = (name) => answer.match(SIGNS[name])?.length ?? 0;
    return hits(language) > 0 && Object.keys(SIGNS).every((name) => hits(name) <= hits(language));
  },
};

export function hasForm(answer, question, rows) {
  return Object.entries(question.form).every(([form, asked]) => FORMS[form](answer.trim(), asked, rows, question));
}

/** An object's values stand with their keys: the row that they make, in the order of the keys that were asked for. */
export function jsonHolds(answer, question, [row]) {
  const object = parsed(/\{[\s\S]*\}/.exec(answer)?.[0] ?? "");
  return (
    object !== undefined &&
    question.form.json.every((key, i) => {
      const value = object[key];
      return cellNumber(row[i]).length > 0
        ? typeof value === "number" && isInText(row[i], String(value), question)
        : isInText(row[i], String(value ?? ""), question);
    })
  );
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
