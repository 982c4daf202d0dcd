import { type Claims, numbers, word } from "./claims.ts";

const ITALIAN_VERB = "(?!(?:è|sono|era|erano|fu|ha|hanno|aveva|e|o|che|con)(?!\\p{L}))";

export const ITALIAN_CLAIMS: Claims = {
  howMany: word("quant[ie]"),
  most: word(
    `(?:il|la|i|le|lo|gli|l['’]) ?(?:maggior[ei]?|(?:${ITALIAN_VERB}\\p{L}+ ){0,2}più (?:alt|grand|elevat|lung|pesant|ricc|cald|car|numeros)\\p{L}*)|massim[oaie]|(?:quello|quella) con più`,
  ),
  least: word(
    `(?:il|la|i|le|lo|gli|l['’]) ?(?:minor[ei]?|(?:${ITALIAN_VERB}\\p{L}+ ){0,2}più (?:bass|piccol|cort|legger|fredd|economic|pover|scars)\\p{L}*)|minim[oaie]|(?:quello|quella) con meno`,
  ),
  unsure: word(
    "second[oaie]|terz[oaie]|quart[oaie]|tra|fra|un[oa]? de[il]\\p{L}*|non|senza|tranne|eccetto|dopo|prima|di tutt[ie] gli altri",
  ),
  deniesEnd: /(?<!\p{L})non (?:è|sono|era|ha|hanno|c['’]è)(?: (?:il|la|lo|i|gli|le|con|di))* ?#/iu,
  best: word("miglior[ei]?|peggior[ei]?"),
  each: word("ogni|ciascun[oa]?"),
  all: word("tutt[ie]|ogni|ciascun[oa]?"),
  both: word("entramb[ie]"),
  only: word("solo|soltanto|solamente|unic[oa]"),
  nothing: word("no|non|nessun[oa]?|niente|nulla|zero|0|vuot[oa]|senza"),
  moreThan:
    /(?<!\p{L})(?:più|maggior[ei]?|superior[ei])(?!\p{L})[^.;,]*(?<!\p{L})(?:di|del|dello|della|dei|degli|delle|dell['’]|che|a|rispetto)(?!\p{L})/iu,
  lessThan:
    /(?<!\p{L})(?:meno|minor[ei]?|inferior[ei])(?!\p{L})[^.;,]*(?<!\p{L})(?:di|del|dello|della|dei|degli|delle|dell['’]|che|a|rispetto)(?!\p{L})/iu,
  follows: word("seguit[oaie] da"),
  rises: word(
    "aument(?:a|ano|ò|arono|at[oaie])|cresc(?:e|ono|iut[oaie])|crebbe|sal(?:ì|it[oaie]|gono|irono)|sono (?:cresciut|aumentat|salit)\\p{L}",
  ),
  falls: word(
    "diminu(?:isce|iscono|ì|irono|it[oaie])|cal(?:a|ano|ò|arono|at[oaie])|sces[oaie]|scende|scendono|ridott[oaie]",
  ),
  loses: word(
    "perdit[ae]|pers[oaie]|perde|negativ\\p{L}*|deficit|meno|minor\\p{L}*|inferior\\p{L}*|cal\\p{L}+|diminu\\p{L}+",
  ),
  stays: /(?<!\p{L})(?:rimas|rest|mantenut)\p{L}*[^.;,]*(?:ugual|costant|stabil|invariat)\p{L}*/iu,
  steadily: word("ogni (?:anno|mese|trimestre|settimana|giorno)|costantemente|continuamente|anno dopo anno"),
  times: [
    [word("(?:il )?doppio|due volte"), 2],
    [word("(?:il )?triplo|tre volte"), 3],
    [word("(?:il )?quadruplo|quattro volte"), 4],
    [word("la metà"), 1 / 2],
    [word("un terzo"), 1 / 3],
    [word("un quarto"), 1 / 4],
  ],
  grows: [
    [word("raddoppiat[oaie]|raddoppi(?:ò|ano|a|arono)"), 2],
    [word("triplicat[oaie]|triplic(?:ò|ano|a|arono)"), 3],
    [word("dimezzat[oaie]|dimezz(?:ò|ano|a|arono)"), 1 / 2],
  ],
  parts: [
    [word("quasi tutt[ie]"), 0.85, 1],
    [word("più della metà|la maggioranza|la maggior parte"), 0.5, 1],
    [word("meno della metà"), 0, 0.5],
    [word("(?:la )?metà de[il]\\p{L}*"), 0.42, 0.58],
  ],
  equals: word(
    "(?:lo stesso|gli stessi|la stessa|le stesse) (?:numero|valore|prezzo|totale|quantità|somma|quota|vendite|ricavi|età)|(?:sono|erano) uguali|tant[oaie] quant[oaie]",
  ),
  scales: { mila: 1e3, mille: 1e3, milione: 1e6, milioni: 1e6, mln: 1e6, miliardo: 1e9, miliardi: 1e9 },
  cardinals: numbers("zero uno|un|una due tre quattro cinque sei sette otto nove dieci undici dodici"),
};
