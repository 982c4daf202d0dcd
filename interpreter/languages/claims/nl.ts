import { type Claims, numbers, word } from "./claims.ts";

export const DUTCH_CLAIMS: Claims = {
  howMany: word("hoeveel"),
  most: word("hoogste|grootste|meeste|langste|zwaarste|duurste|rijkste|warmste|breedste|maximale?|maximum"),
  least: word("laagste|kleinste|(?<!ten )minste|kortste|lichtste|goedkoopste|armste|koudste|smalste|minimale|minimum"),
  unsure: word(
    "tweede|derde|vierde|onder|een van|één van|niet|geen|zonder|behalve|na|voor|dan|op \\p{L}+ na|tweede na|meeste van",
  ),
  deniesEnd: /(?<!\p{L})(?:niet|geen)(?: (?:de|het|een|met|van))* #/iu,
  best: word("beste|slechtste"),
  each: word("elke?|iedere?|per"),
  all: word("alle|allemaal|iedereen|elke?|iedere?"),
  both: word("beide|allebei"),
  only: word("alleen|slechts|enkel|enige"),
  nothing: word("niet|geen|niets|niemand|nooit|nul|0|leeg|zonder"),
  moreThan:
    /(?<!\p{L})(?:meer|hoger|groter|zwaarder|langer|duurder|breder|rijker|warmer)(?!\p{L})[^.;,]*(?<!\p{L})dan(?!\p{L})/iu,
  lessThan:
    /(?<!\p{L})(?:minder|lager|kleiner|lichter|korter|goedkoper|smaller|armer|kouder)(?!\p{L})[^.;,]*(?<!\p{L})dan(?!\p{L})/iu,
  follows: word("gevolgd door"),
  rises:
    /(?<!\p{L})(?:gestegen|steeg|stegen|stijg(?:t|en)|toegenomen|toe(?:neemt|nam)|gegroeid|groei(?:t|de|den|en)|(?:neemt|nemen|nam|namen)(?!\p{L})[^.;,]*(?<!\p{L})toe)(?!\p{L})/iu,
  falls:
    /(?<!\p{L})(?:gedaald|daal(?:t|de|den)|dalen|afgenomen|af(?:neemt|nam)|gekrompen|(?:neemt|nemen|nam|namen)(?!\p{L})[^.;,]*(?<!\p{L})af)(?!\p{L})/iu,
  loses: word(
    "verlies\\p{L}*|verloor|verloren|negatie\\p{L}*|tekort|min|minder|lager|daal\\p{L}*|gedaald|afgenomen|onder",
  ),
  stays:
    /(?<!\p{L})(?:bleef|bleven|blijft|blijven|gebleven)[^.;,]*(?:gelijk|constant|stabiel|hetzelfde)|(?<!\p{L})(?:gelijk|constant|stabiel) gebleven/iu,
  steadily: word("(?:elk|ieder|elke|iedere) (?:jaar|maand|kwartaal|week|dag)|voortdurend|gestaag|jaar na jaar"),
  times: [
    [word("twee keer|tweemaal|dubbel"), 2],
    [word("drie keer|driemaal|drievoudig\\p{L}*"), 3],
    [word("vier keer|viermaal"), 4],
    [word("(?:de helft|half)"), 1 / 2],
    [word("een derde"), 1 / 3],
    [word("een kwart"), 1 / 4],
  ],
  grows: [
    [word("verdubbel(?:d|t|de|den)"), 2],
    [word("verdrievoudig(?:d|t|de|den)"), 3],
    [word("gehalveerd|halveer(?:t|de|den)"), 1 / 2],
  ],
  parts: [
    [word("bijna alle(?:maal)?"), 0.85, 1],
    [word("meer dan de helft|de meerderheid"), 0.5, 1],
    [word("minder dan de helft"), 0, 0.5],
    [word("de helft van"), 0.42, 0.58],
  ],
  equals: word(
    "(?:hetzelfde|dezelfde) (?:aantal|bedrag|prijs|waarde|totaal|omzet|leeftijd|gewicht)|even (?:veel|vaak|hoog|groot)|evenveel|(?:zijn|waren) gelijk",
  ),
  scales: { duizend: 1e3, miljoen: 1e6, mln: 1e6, miljard: 1e9, mld: 1e9 },
  cardinals: numbers("nul een|één twee drie vier vijf zes zeven acht negen tien elf twaalf"),
};
