// Which encoding a file has, by its bytes: few letters have to do, as tables have few.
import { expect, test } from "vitest";
import { decode, encodingOf } from "../../../interpreter/tables/encoding.ts";

const TEXTS = {
  German: "Name;Straße;Größe\nMüller;Hauptstraße;12\nJäger;Königsallee;5\n",
  "one German name": "name,n\nMüller,1\n",
  "German in capitals": "NAME,N\nMÜLLER,1\nÄRZTE,2\nGRÖSSE,3\n",
  French: "nom;prénom;ville\nDupré;Hélène;Orléans\nLefèvre;François;Besançon\nÉtienne;Zoé;Nîmes\n",
  Spanish: "Año;Nombre;Población\n2020;Núñez;Málaga\n2021;Peña;Cádiz\n",
  Danish: "by;navn\nÅrhus;Søren\nKøbenhavn;Åse\nÆrø;Bjørn\n",
  Russian: "Город;Население\nМосква;12000\nКазань;1200\nОмск;1100\n",
};
const CASES = [
  ...(["German", "one German name", "German in capitals", "French", "Spanish", "Danish"] as const).flatMap((text) =>
    (["windows-1252", "macintosh", "cp850"] as const).map((encoding) => [text, encoding] as const),
  ),
  ...(["windows-1251", "koi8-r", "ibm866", "iso-8859-5"] as const).map((encoding) => ["Russian", encoding] as const),
];

function encode(text: string, encoding: string): Buffer {
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [decode(Uint8Array.of(byte), encoding), byte]));
  return Buffer.from(Array.from(text, (sign) => bytes.get(sign)!));
}

test.each(CASES)("%s as %s", async (text, encoding) => {
  const bytes = encode(TEXTS[text], encoding);
  expect(await encodingOf(bytes, false)).toEqual({ name: encoding, isAssumed: true });
  expect(decode(bytes, encoding)).toBe(TEXTS[text]);
});

test.each([
  ["cp850", "82 81 84 94 e1 a4 a2 b5 d0 d5 9b 9d cf ff", "éüäößñóÁðıøØ¤\u00a0"],
  ["cp437", "82 81 84 94 e1 a4 a2 b5 d0 e3 9b 9d ec ff", "éüäößñó╡╨π¢¥∞\u00a0"],
])("bytes of %s", (encoding, hex, text) => {
  expect(decode(Buffer.from(hex.replaceAll(" ", ""), "hex"), encoding)).toBe(text);
});
