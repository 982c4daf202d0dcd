import { type Claims, numbers, word } from "./claims.ts";

export const POLISH_CLAIMS: Claims = {
  howMany: word("ile|ilu"),
  most: word("naj(?:wyższ|więks|dłuż|cięż|droż|bogat|ciepl|szersz)\\p{L}*|najwięcej|maksymaln\\p{L}*|maksimum"),
  least: word("naj(?:niższ|mniejsz|krót|lżej|tań|bied|zimn|węż)\\p{L}*|(?<!co )najmniej|minimaln\\p{L}*|minimum"),
  unsure: word("drug\\p{L}+|trzec\\p{L}+|czwart\\p{L}+|wśród|jed(?:en|na|no) z|nie|bez|oprócz|poza|po|przed|niż"),
  deniesEnd: /(?<!\p{L})nie (?:jest|są|był\p{L}*|ma|mają)(?: (?:to|z|o))* #/iu,
  best: word("najleps\\p{L}+|najgors\\p{L}+"),
  each: word("każd\\p{L}+"),
  all: word("wszys\\p{L}+|każd\\p{L}+"),
  both: word("ob(?:a|ie|ydwa|ydwie|oje)"),
  only: word("tylko|jedynie|wyłącznie"),
  nothing: word("nie|żad\\p{L}+|nic|nikt|nigdy|zero|0|brak|pust\\p{L}+|bez"),
  moreThan:
    /(?<!\p{L})(?:więcej|wyż\p{L}+|większ\p{L}+|cięż\p{L}+|dłuż\p{L}+|droż\p{L}+)(?!\p{L})[^.;]*?(?<!\p{L})niż(?!\p{L})/iu,
  lessThan:
    /(?<!\p{L})(?:mniej|niż(?:sz|ej)\p{L}*|mniejsz\p{L}+|lżej\p{L}*|krót\p{L}+|tań\p{L}+)(?!\p{L})[^.;]*?(?<!\p{L})niż(?!\p{L})/iu,
  rises: word(
    "wzr(?:ósł|osła|osło|osły|asta|astają|astał\\p{L}*)|rośnie|rosną|ros(?:ł\\p{L}*)|zwiększ(?:ył\\p{L}*|a|ają)\\p{L}*",
  ),
  falls: word("spad(?:ł\\p{L}*|a|ają)|zmalał\\p{L}*|maleje|maleją|zmniejsz\\p{L}+|obniż\\p{L}+"),
  loses: word(
    "strat\\p{L}*|stracił\\p{L}*|ujemn\\p{L}+|deficyt\\p{L}*|mniej|minus|niż(?:sz|ej)\\p{L}*|spad\\p{L}*|poniżej",
  ),
  stays:
    /(?<!\p{L})(?:pozosta|utrzyma|utrzymuj)\p{L}*[^.;,]*(?:stał|stabiln|bez zmian|taki)\p{L}*|(?<!\p{L})nie zmieni\p{L}+/iu,
  steadily: word(
    "(?:co|każdego) (?:roku|rok|miesiąca|miesiąc|kwartału|kwartał|tygodnia|tydzień)|stale|systematycznie|rok po roku",
  ),
  times: [
    [word("dwa razy|dwukrotnie|dwukrotność|podwójn\\p{L}+"), 2],
    [word("trzy razy|trzykrotnie"), 3],
    [word("cztery razy|czterokrotnie"), 4],
    [word("połow\\p{L}+"), 1 / 2],
  ],
  grows: [
    [word("podwoi\\p{L}+"), 2],
    [word("potroi\\p{L}+"), 3],
    [word("o połowę"), 1 / 2],
  ],
  parts: [
    [word("prawie wszys\\p{L}+"), 0.85, 1],
    [word("ponad połow\\p{L}+|więcej niż połow\\p{L}+|większość"), 0.5, 1],
    [word("mniej niż połow\\p{L}+"), 0, 0.5],
    [word("połow\\p{L}+"), 0.42, 0.58],
  ],
  equals: word("(?:tyle samo|taką samą|taki sam|tę samą|ten sam|tyle co) ?\\p{L}*|(?:są|były) równe"),
  scales: {
    tysiąc: 1e3,
    tysiące: 1e3,
    tysięcy: 1e3,
    "tys.": 1e3,
    milion: 1e6,
    miliony: 1e6,
    milionów: 1e6,
    mln: 1e6,
    miliard: 1e9,
    miliardy: 1e9,
    miliardów: 1e9,
    mld: 1e9,
  },
  cardinals: numbers(
    "zero jeden|jedna|jedno dwa|dwie|dwóch trzy|trzech cztery|czterech pięć|pięciu sześć|sześciu siedem|siedmiu osiem|ośmiu dziewięć|dziewięciu dziesięć|dziesięciu jedenaście dwanaście",
  ),
};
