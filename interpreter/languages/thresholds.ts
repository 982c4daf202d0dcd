// Numbers that questions say by words: adults are 18, a dozen is 12. And words such as "long" and "expensive", which speak of
// a number and leave to the reader which one it is.

export interface Threshold {
  readonly words: RegExp;
  readonly least: number;
  readonly most: number;
  readonly of?: RegExp; // what is compared with it, where it is of that only
}

const NO_LETTER = "(?<!\\p{L})";
const AGE = /(?<!\p{L})_?ages?(?!\p{L})|alter|âge|edad|年龄|年齢|years?|jahre|(?<!\p{L})(?:ans|años)(?!\p{L})/iu;
const between = (source: string, least: number, most: number, of?: RegExp): Threshold => ({
  words: new RegExp(source, "iu"),
  least,
  most,
  ...(of && { of }),
});

export const THRESHOLDS: readonly Threshold[] = [
  between(
    `${NO_LETTER}(?:adult|grown|minors?(?!\\p{L})|under-?age|of (?:legal )?age|child|kids?(?!\\p{L})|teen|adolesc|senior|elderl|pension|retire|infant|bab(?:y|ies)|toddler|youth|young|old)`,
    0,
    100,
    AGE,
  ),
  between(
    `${NO_LETTER}(?:erwachs|volljähr|minderjähr|kind(?:er)?(?!\\p{L})|kindern|jugend|senior|rentner|pension|alte?n?(?!\\p{L})|jung)`,
    0,
    100,
    AGE,
  ),
  between(
    `${NO_LETTER}(?:adulte?s?|mineure?s?|majeure?s?|enfants?|adolesc|ados?|retrait|seniors?|âgé|jeune|bébé|vieux|vieil|menores?|mayores?|niñ|ancian|jubilad|jóven|joven|bebé|viej)`,
    0,
    100,
    AGE,
  ),
  between(
    "成年|未成年|儿童|孩子|小孩|青少年|老人|老年|年轻|婴儿|大人|成人|子ども|子供|高齢|若者|若い|幼児|乳児",
    0,
    100,
    AGE,
  ),
  between(
    `${NO_LETTER}(?:outlier|anomal|unusual|abnormal|extreme|ausrei(?:ß|ss)er|auffällig|aberrant|atípic|extrem)|异常|离群|極端|外れ値`,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ),
  between(
    `${NO_LETTER}(?:pass|fail|bestand|durchgefallen|réuss|échou|aprob|suspend|reprob)|及格|合格`,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ),
  between(`${NO_LETTER}(?:significan|signifikan|significat)|显著|有意`, 0, 0.1),
  between(
    `${NO_LETTER}(?:morning|noon|afternoon|evening|night|midnight|vormittag|morgen|mittag|nachmittag|abend|nacht|matin|midi|soir|nuit|mañana|mediodía|tarde|noche)|上午|下午|早上|中午|晚上|夜|午前|午後|朝|夕方`,
    0,
    24,
  ),
  between(
    `${NO_LETTER}(?:weekend|weekday|working day|wochenende|werktag|week-end|fin de semana|laborable)|周末|工作日|週末|平日`,
    0,
    7,
  ),
  between(`${NO_LETTER}(?:freez|frost|gefrier|gel(?:ée)?s?(?!\\p{L})|helad)|冰点|零下|氷点`, -1, 32),
  between(
    `${NO_LETTER}(?:hal(?:f|ves)|majority|minority|most of|hälfte|mehrheit|minderheit|moitié|majorit|minorit|mitad|mayoría|minoría)|一半|多数|过半|半分|過半`,
    0.5,
    0.5,
  ),
  between(
    `${NO_LETTER}(?:perfect|full marks|maxim|best possible|perfekt|volle punkt|parfait|perfect[oa])|满分|満点`,
    0,
    100,
  ),
  between(
    `${NO_LETTER}(?:an?|one|eine[rnms]?|une?|una?) (?:hour|minute|day|week|month|year|stunde|minute|tag|woche|monat|jahr|heure|jour|semaine|mois|an|année|hora|minuto|día|semana|mes|año)(?!\\p{L})|一个?(?:小时|分钟|天|周|月|年)`,
    1,
    1,
  ),
  between(`${NO_LETTER}(?:dozen|dutzend|douzaine|docena)`, 12, 12),
  between(
    `${NO_LETTER}(?:twice|double|couple|pair|both|several|multiple|many times|zwei|doppel|paar|beide|mehrere|mehrfach|double|deux|plusieurs|couple|doble|varios|varias|ambos)|两|双|二|多次|复数|複数|2つ`,
    2,
    2,
  ),
  between(`${NO_LETTER}(?:third|triple|dritt|drei|troisième|triple|tercer|tripl)|第三|三`, 3, 3),
  between(`${NO_LETTER}(?:fourth|viert|quatrième|cuart)|第四|四`, 4, 4),
  between(`${NO_LETTER}(?:fifth|fünft|cinquième|quint)|第五|五`, 5, 5),
  between(`${NO_LETTER}(?:second|zweit|deuxième|second|segund)|第二`, 2, 2),
  between(`${NO_LETTER}(?:twenties|zwanziger|vingtaine|veinte)|二十`, 20, 30),
  between(`${NO_LETTER}(?:thirties|dreißiger|trentaine|treint)|三十`, 30, 40),
  between(`${NO_LETTER}(?:forties|vierziger|quarantaine|cuarent)|四十`, 40, 50),
  between(`${NO_LETTER}(?:fifties|fünfziger|cinquantaine|cincuent)|五十`, 50, 60),
  between(`${NO_LETTER}(?:sixties|sechziger|soixantaine|sesent)|六十`, 60, 70),
];

const ASKED_HOW =
  /(?<!\p{L})(?:how (?:many|much|long|old|high|large|big|tall|heavy|far|fast|often|late|deep)|wie (?:viele?|lange?|alt|hoch|groß|schwer|weit|schnell|oft|spät|tief)|so (?:many|much)|as (?:many|much))(?!\p{L})|多[少长高大重远快久]/giu;
const VAGUE: readonly RegExp[] = [
  /(?<!\p{L})(?:expensive|cheap|pricey|long|short|large|big|small|tiny|huge|tall|heavy|light|high|low|late|early|fast|quick|slow|hot|warm|cold|cool|rainy|windy|rich|poor|wealthy|frequent(?:ly)?|rare(?:ly)?|popular|strong|weak|severe|serious|busy|crowded|good|bad|few|major|steep|deep|loyal|regular|often|seldom|successful|profitable|delayed|punctual|on time|healthy|fuel-efficient|efficient|powerful|valuable|important|relevant|enough|too)(?!\p{L})/iu,
  /(?<!\p{L})(?:teuer|teure|billig|günstig|lang|kurz|groß|klein|riesig|schwer|leicht|hoh|hoch|niedrig|spät|früh|schnell|langsam|heiß|warm|kalt|kühl|reich|arm(?!\p{L}|e?n?(?!\p{L}))|häufig|selten|beliebt|stark|schwach|voll|gut|schlecht|wenig|steil|tief|treu|oft|erfolgreich|verspätet|pünktlich|wichtig|genug|zu )\p{L}{0,2}(?!\p{L})/iu,
  /(?<!\p{L})(?:ch(?:er|ère)s?|longs?|longues?|courte?s?|grande?s?|petite?s?|lourde?s?|légère?s?|élevée?s?|hautes?|hauts?|basses?|bas|tardi\p{L}+|rapides?|lente?s?|chaude?s?|froide?s?|riches?|pauvres?|fréquente?s?|rares?|populaires?|forte?s?|faibles?|souvent|bonn?e?s?|mauvaise?s?|peu|retard\p{L}*|ponctuel\p{L}*|assez|trop)(?!\p{L})/iu,
  /(?<!\p{L})(?:car[oa]s?|barat[oa]s?|larg[oa]s?|cort[oa]s?|grandes?|pequeñ[oa]s?|pesad[oa]s?|liger[oa]s?|alt[oa]s?|baj[oa]s?|tardí\p{L}+|rápid[oa]s?|lent[oa]s?|calurós\p{L}+|frí[oa]s?|ric[oa]s?|pobres?|frecuentes?|rar[oa]s?|populares?|fuertes?|débiles?|buen[oa]s?|mal[oa]s?|poc[oa]s?|a menudo|retrasad[oa]s?|puntual(?:es)?|bastante|demasiad[oa]s?)(?!\p{L})/iu,
  /(?<![最更较比])(?:昂贵|便宜|长时间|较[长短高低大小多少]|很[长短高低大小多少]|高[价温分薪]|低[价温分薪]|大[型额量]|小[型额量]|炎热|寒冷|富裕|贫穷|频繁|热门|严重|经常|迟到|晚点|准时)/u,
  /(?<!最も|一番|より)(?:高い|安い|長い|短い|大きい|大きな|小さい|小さな|重い|軽い|低い|遅い|早い|速い|暑い|寒い|豊か|貧し|頻繁|珍し|人気|強い|弱い|深刻|混雑|良い|悪い|遅延した|遅れた)/u,
];

/** Whether a question speaks of a size without a number: "long trips". */
export function isVague(question: string): boolean {
  const bare = question.replace(ASKED_HOW, " ");
  return VAGUE.some((words) => words.test(bare));
}

/** "Top 3", "die 3 teuersten", "前3名": how many rows are shown, and no condition on them. */
const FIRST_ROWS: readonly RegExp[] = [
  /(?<!\p{L})(?:top|first|last|best|worst|bottom)[- ](?:\d+|\p{L}+)(?!\p{L}|\d|\s?%|\s(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|percent|km|miles?|met(?:er|re)s?)(?!\p{L}))|(?<![\p{L}\d])(?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:(?:most|least)(?!\p{L})|\p{L}+est(?!\p{L})|best|worst|first|last)/giu,
  /(?<![\p{L}\d])(?:\d+|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn) (?:\p{L}+st(?:en|e)|ersten|letzten)(?!\p{L}|\s(?:Tage|Wochen|Monate|Jahre|Stunden|Minuten|Sekunden|Prozent)\p{L}?(?!\p{L}))|(?<!\p{L})Top[- ](?:\d+|\p{L}+)/giu,
  /(?<!\p{L})(?:les|los|las) (?:\d+|\p{L}+) (?:plus|moins|premi\p{L}+|derni\p{L}+|meilleur\p{L}*|pires?|más|menos|mayores|menores|mejores|peores|primer\p{L}*|últim\p{L}+)(?!\p{L}|\s(?:jours?|semaines?|mois|ans?|années?|heures?|minutes?|secondes?|días?|semanas?|mes(?:es)?|años?|horas?|minutos?|segundos?)(?!\p{L}))/giu,
  /前\s?[\d一二三四五六七八九十]+(?![\d天日周週月年小分秒%个])\s?[名位家种]?|(?:上位|下位|トップ|ベスト|ワースト)\s?[\d一二三四五六七八九十]+(?!\d|%)/gu,
];

export function withoutFirstRows(question: string): string {
  return FIRST_ROWS.reduce((left, words) => left.replace(words, (found) => " ".repeat(found.length)), question);
}
