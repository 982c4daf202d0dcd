import { type Claims, numbers, word } from "./claims.ts";

const PORTUGUESE_VERB = "(?!(?:é|são|era|eram|foi|foram|tem|têm|tinha|e|ou|que|com)(?!\\p{L}))";

export const PORTUGUESE_CLAIMS: Claims = {
  howMany: word("quant[oa]s"),
  most: word(
    `(?:o|a|os|as) (?:maior(?:es)?|(?:${PORTUGUESE_VERB}\\p{L}+ ){0,2}mais (?:alt|elevad|grand|long|pesad|ric|quent|car)\\p{L}*|que mais)|máxim[oa]s?`,
  ),
  least: word(
    `(?:o|a|os|as) (?:menor(?:es)?|(?:${PORTUGUESE_VERB}\\p{L}+ ){0,2}mais (?:baix|pequen|curt|lev|fri|barat|pobr)\\p{L}*|que menos)|mínim[oa]s?`,
  ),
  unsure: word("segund[oa]|terceir[oa]|quart[oa]|entre|uma? d[oa]s|não|sem|exceto|depois|antes|do que"),
  deniesEnd: /(?<!\p{L})não (?:é|são|era|tem|têm|há)(?: (?:o|a|os|as|com|de))* #/iu,
  best: word("melhor(?:es)?|pior(?:es)?"),
  each: word("cada"),
  all: word("todos|todas|cada"),
  both: word("ambos|ambas"),
  only: word("só|somente|apenas|únic[oa]"),
  nothing: word("não|nenhuma?|nada|ninguém|nunca|zero|0|vazi[oa]|sem"),
  moreThan: /(?<!\p{L})(?:mais|maior(?:es)?|superior(?:es)?)(?!\p{L})[^.;,]*(?<!\p{L})(?:que|a|à|ao)(?!\p{L})/iu,
  lessThan: /(?<!\p{L})(?:menos|menor(?:es)?|inferior(?:es)?)(?!\p{L})[^.;,]*(?<!\p{L})(?:que|a|à|ao)(?!\p{L})/iu,
  follows: word("seguid[oa]s? (?:de|por|pel[oa])"),
  rises: word("aument(?:a|am|ou|aram|ad[oa]s?)|cresc(?:e|em|eu|eram|id[oa]s?)|sub(?:iu|iram|id[oa]s?)|sobe|sobem"),
  falls: word(
    "diminu(?:i|em|iu|íram|íd[oa]s?)|ca(?:i|em|iu|íram|íd[oa]s?)|baix(?:a|ou|aram)|desc(?:e|eu|eram)|reduziu|reduziram",
  ),
  loses: word(
    "perdas?|perde\\p{L}*|negativ\\p{L}*|défice|déficit|menos|menor|inferior|queda|ca[ií]\\p{L}*|diminu\\p{L}*|baix\\p{L}*",
  ),
  stays:
    /(?<!\p{L})(?:mant[eé]\p{L}*|mantiver\p{L}*|permanec\p{L}*|fic(?:ou|aram))[^.;,]*(?:igua|constant|estáve|estave)\p{L}*/iu,
  steadily: word(
    "(?:cada|todos os) (?:anos?|m[eê]s(?:es)?|trimestres?|semanas?|dias?)|constantemente|continuamente|ano após ano",
  ),
  times: [
    [word("o dobro|duas vezes"), 2],
    [word("o triplo|três vezes"), 3],
    [word("o quádruplo|quatro vezes"), 4],
    [word("(?:a )?metade"), 1 / 2],
    [word("um terço"), 1 / 3],
    [word("um quarto"), 1 / 4],
  ],
  grows: [
    [word("dobr(?:ou|aram|ad[oa]s?)|duplic(?:ou|aram|ad[oa]s?)"), 2],
    [word("triplic(?:ou|aram|ad[oa]s?)"), 3],
    [word("(?:para|pela) metade"), 1 / 2],
  ],
  parts: [
    [word("quase tod[oa]s"), 0.85, 1],
    [word("mais d[ae] metade|a maioria"), 0.5, 1],
    [word("menos d[ae] metade"), 0, 0.5],
    [word("(?:a )?metade d[oae]s?"), 0.42, 0.58],
  ],
  equals: word(
    "o mesmo (?:número|valor|preço|total|peso)|os mesmos \\p{L}+|a mesma (?:quantidade|soma|idade|proporção)|as mesmas vendas|(?:são|eram) iguais",
  ),
  scales: { mil: 1e3, milhão: 1e6, milhões: 1e6, "mil milhões": 1e9, bilhão: 1e9, bilhões: 1e9 },
  cardinals: numbers("zero um|uma dois|duas três quatro cinco seis sete oito nove dez onze doze"),
};
