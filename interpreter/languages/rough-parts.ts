// Parts of a whole as people say them: a good third, just under half, 三分之一.

/** Each part, in all languages that are answered in. */
export const PARTS: readonly (readonly [part: number, words: RegExp])[] = [
  [
    2 / 3,
    /(?<!\p{L})(?:two[- ]thirds|zwei ?drittel|deux tiers|dos tercios|due terzi|dois terços|twee ?derde|dwie trzecie|две трети|двух третей)(?!\p{L})|(?:3분의 ?2)|[三3]分[之の][二2]/iu,
  ],
  [
    3 / 4,
    /(?<!\p{L})(?:three[- ]quarters|drei ?viertel|trois quarts|tres cuartos|tre quarti|três quartos|driekwart|trzy czwarte|три четверти)(?!\p{L})|4분의 ?3|[四4]分[之の][三3]/iu,
  ],
  [
    1 / 2,
    /(?<!\p{L})(?:half|hälfte|moitié|mitad|metà|metade|(?:de )?helft|połow\p{L}+|половин\p{L}+)(?!\p{L})|절반|一半|半[分数]/iu,
  ],
  [
    1 / 3,
    /(?<!\p{L})(?:third|drittel|tiers|tercio|tercera parte|terzo|terço|derde|jedn\p{L} trzeci\p{L}|trzecia część|треть)(?!\p{L})|3분의 ?1|[三3]分[之の][一1]/iu,
  ],
  [
    1 / 4,
    /(?<!\p{L})(?:quarter|viertel|quart|cuart[oa](?: parte)?|quarto|kwart|ćwier[ćc]|jedn\p{L} czwart\p{L}|четверть)(?!\p{L})|4분의 ?1|[四4]分[之の][一1]/iu,
  ],
  [
    1 / 5,
    /(?<!\p{L})(?:fifth|fünftel|cinquième|quint[oa](?: parte)?|vijfde|jedn\p{L} piąt\p{L}|пят\p{L}{2} часть)(?!\p{L})|5분의 ?1|[五5]分[之の][一1]/iu,
  ],
  [
    1 / 10,
    /(?<!\p{L})(?:tenth|zehntel|dixième|décim[oa](?: parte)?|decim[oa]|tiende|jedn\p{L} dziesiąt\p{L}|десят\p{L}{2} часть)(?!\p{L})|10분의 ?1|(?:十|10)分[之の][一1]|[一1]割/iu,
  ],
];

/** Right before a part that is passed, and right behind it. */
export const ABOVE: readonly [before: RegExp, behind: RegExp] = [
  /(?<!\p{L})(?:(?:more|greater|larger) than|over|above|at least|a good|well over|mehr als|über|mindestens|gut|plus (?:de|d['’])|au moins|bien plus de|más de|al menos|algo más de|più di|almeno|oltre|mais de|pelo menos|meer dan|ruim|minstens|ponad|więcej niż|co najmniej|более|больше|свыше|не менее)\s?(?:(?:a|an|one|ein(?:e[rmn]?)?|die|der|das|une?|la|le|l['’]|el|un[ao]?|um[a]?|o|een|de|het)\s?)?$|超过|超過|多于|大于$/iu,
  /^\s?(?:以上|を超え|より多|より大|強|多一点|有余|強が|이상|넘)/u,
];
export const BELOW: readonly [before: RegExp, behind: RegExp] = [
  /(?<!\p{L})(?:(?:less|fewer|smaller) than|under|below|at most|nearly|almost|not quite|weniger als|unter|knapp|fast|höchstens|nicht ganz|moins (?:de|d['’])|presque|près de|menos de|casi|meno di|quasi|menos da|quase|minder dan|bijna|mniej niż|prawie|niecał\p{L}+|менее|меньше|почти)\s?(?:(?:a|an|one|ein(?:e[rmn]?)?|die|der|das|une?|la|le|l['’]|el|un[ao]?|um[a]?|o|een|de|het)\s?)?$|不到|不足|未满|将近|接近$/iu,
  /^\s?(?:未満|以下|弱|足らず|に満たない|미만|이하|못)/u,
];
