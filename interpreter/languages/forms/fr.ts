import type { FormWords } from "./form-words.ts";

export const frenchForms: FormWords = {
  decimals:
    /(?:(?<!\p{L})(?:à|avec|et)|[,;(–]) ?(\d|une?|deux|trois|quatre) (?:décimales?|chiffres? après la virgule)/iu,
  places: [
    [/\bau dixième\b/iu, 1],
    [/\bau centième\b|\bau centime\b/iu, 2],
    [
      /à l['’](?:entier|unité)|\bsans (?:décimales?|chiffres? après la virgule|virgule)|\bcomme (?:un )?(?:nombre )?entier\b|(?<!\p{L})(?:en|à l['’]) ?\p{L}+ enti(?:er|ère)s?(?!\p{L})|\bau (?:nombre entier|point de pourcentage|pour cent)\b/iu,
      0,
    ],
  ],
  numerals: { un: 1, une: 1, deux: 2, trois: 3, quatre: 4 },
  significant: /(\d+|deux|trois|quatre) chiffres significatifs/i,
  nearest: [
    [/(?<!\p{L})à la dizaine\b/iu, 10],
    [/(?<!\p{L})à la centaine\b/iu, 100],
    [/\bau millier\b/i, 1000],
  ],
  percent: /\b(?:en|sous forme de) (?:pourcentage|pour ?cent|%)|\bavec (?:le signe |le symbole )?%/i,
  scaled: [
    [/\ben milliers\b/i, 1e3, "mille"],
    [/\ben millions\b/i, 1e6, "millions"],
    [/\ben milliards\b/i, 1e9, "milliards"],
  ],
  thousands: /(?:séparateurs?|espaces?|points?|virgules?) (?:de|des|pour les|entre les) milliers/iu,
  groups: "\u202f",
  decimalComma: /\bvirgule décimale\b|\bvirgule comme (?:séparateur|signe) décimal/iu,
  sign: /(?:symbole|signe) (?:de l['’]|du )?(?:[€$£¥]|euros?|dollar|monétaire)/i,
  inFront: /\bdevant\b|\bavant le (?:nombre|montant|chiffre)\b/i,
  unit: /\bavec l['’]unité ["'«]?\s?([\p{L}°²³/%]{1,8})/iu,
  upperCase: /\ben (?:lettres )?(?:majuscules|capitales)\b/i,
  lowerCase: /\ben (?:lettres )?minuscules\b/i,
  bold: /\ben gras\b/i,
  quotes: /\bentre guillemets\b/i,
  brackets: /\bentre crochets\b/i,
  descending: /(?<!\p{L})(?:ordre |tri |triée?s? (?:par ordre )?)?décroissant\w*/iu,
  ascending: /(?<!\p{L})(?<!dé)croissant\w*/iu,
  alphabetical: /\bordre alphabétique|\balphabétiquement|\bde A à Z\b/iu,
  weekday: /\b(?:comme|seulement|uniquement|juste) (?:le )?jour de la semaine\b/i,
  oneWord: /\b(?:en|par) un (?:seul )?mot\b|(?:[.?!;,]|–|-) ?un (?:seul )?mot(?: suffit)?,?(?: s['’]il .*)?[.!]?\s*$/i,
  onlyNumber:
    /\b(?:seulement|uniquement|juste|rien que) (?:par )?(?:le|un) (?:seul )?(?:nombre|chiffre)\b(?! d)|\bnombre seul\b|\bpar un (?:seul|simple) (?:nombre|chiffre)\b/i,
  onlyName:
    /\b(?:seulement|uniquement|juste|rien que) (?:par )?le nom(?: (?:de (?:la|l')|du|d') ?\p{L}+)?(?=\s*(?:[.,;!?)]|s'il|$))/iu,
  only: /(?:^|[.?!,;:(–]\s*|(?<!\p{L})(?:réponds|répondez|donne|donnez|dis|indique|écris)(?!\p{L})[^.?!]{0,12} )(?:seulement|uniquement|juste|rien que) (?:par )?(?:le |la |l['’])(?!réponse|résultat|requête|tableau|table|liste|code)(\p{L}+)(?=\s*(?:[.,;!)]|s['’]il|$))/iu,
  bare: /\bsans (?:aucune? |autre )?(?:explications?|texte|commentaires?|phrases?)(?!\p{L})|\brien d['’]autre\b|\b(?:juste|seulement|uniquement) (?:la réponse|le résultat|la valeur)(?!\p{L})/iu,
  yesOrNo: /\boui ou non\b|\boui\/non\b/iu,
  trueOrFalse: /\bvrai ou faux\b|\bvrai\/faux\b/i,
  trueAndFalse: ["vrai", "faux"],
  range: /\b(?:comme|sous forme d['’](?:un)?) ?(?:une )?(?:intervalle|plage|fourchette)\b/i,
  list: /\bliste à puces\b|\b(?:comme|sous (?:la )?forme (?:de|d'une)|en) (?:une )?liste\b(?! séparée)|(?<!\p{L})(?:à|avec des) (?:puces|tirets)\b/iu,
  numberedList: /\bliste numérotée/i,
  lines:
    /\b(?:une?|une? \p{L}+|chaque \p{L}+) (?:par|sur (?:une|sa propre)) ligne\b|\bune ligne par \p{L}+|\bsur (?:deux|trois|quatre|cinq|\d) lignes\b/iu,
  separated:
    /(?<!\p{L})(?:séparée?s?|sépare[rz]?|reliée?s?)(?:-les)? (?:par|avec) (?:des |une? )?#|\bavec des #s? entre\b/iu,
  table:
    /\b(?:comme|sous (?:la )?forme (?:de|d['’]un)|en|dans un) (?:un )?tableau(?: Markdown)?\b|\btableau Markdown\b|(?:^|[-–—.,;:(] ?)(?:un )?tableau(?:,? (?:svp|s['’]il .*))?(?=\s*(?:[.!;,)]|$))/i,
  header:
    /\b(?:avec|et) (?:les |pour |l['’]|comme |ces )?(?:colonnes?|en-têtes?|entêtes?)(?: (?:nommée?s|appelée?s|sont))?(?:\s?:\s*| )|\b(?:colonnes|en-têtes?|entêtes?)\s?:\s*/iu,
  limit:
    /(?:^|[.,;:!?(–]\s*|\b(?:en|avec|phrase de)\s+)(?:(?<below>moins de)|au (?:plus|maximum)|max(?:imum)?\.?(?: de)?|pas plus de|jusqu['’]à)?\s*(?<count>\d+|une seule|un seul|une|un|deux|trois|quatre|cinq)\s(?:courte |simple )?(?:(?<words>mots?)|(?<lines>lignes?)|(?<sentences>phrases?))(?!\p{L})(?! par)/iu,
  begins: {
    before:
      /(?<!\p{L})(?:commence[rz]?|débute[rz]?)(?!\p{L})[^.?!"«“]*\b(?:par|avec)\s*(?:le mot |les mots |le texte )?:?\s*$/iu,
    behind: /^/,
  },
  like: {
    before:
      /(?:\bcomme|\bsous la forme(?: de)?|\bforme(?: de)?|\bau format|\bformat|\bmodèle|\bstyle|\b(?:complète|complétez)(?: la phrase)?)\s*:?\s*$/iu,
    behind: /^/,
  },
  answerIn: /(?<!\p{L})(?:répond\p{L}*|écri\p{L}*|dis-le|dis|donne[rz]?)(?!\p{L})[^.?!]*\ben\s+$/iu,
};
