// How people ask for counts, for the most of something, and for groups, and which words of theirs say of what.

/** A word that is asked about, as far as it stands where it can be cut out: "movies" of "the most movies". */
export interface AskedCount {
  readonly of: string; // "" where rows themselves are meant: "most often"
  /** The words themselves count rows: 件数, "how often". "The most people" may be the highest of a column. */
  readonly isOfRows: boolean;
}

export interface AskedMost extends AskedCount {
  readonly end: "most" | "least";
}

type Pattern = readonly [words: RegExp, end: "most" | "least", isOfRows?: boolean];

const MOST: readonly Pattern[] = [
  [/\bmost (?!of\b)(\p{L}+)|\b(?:highest|largest|greatest|biggest) (?:number|count) of (\p{L}+)/iu, "most"],
  [/\bfewest (\p{L}+)|\b(?:lowest|smallest) (?:number|count) of (\p{L}+)/iu, "least"],
  [/\bmeisten (\p{L}+)|\b(?:höchste|größte)[nr]? (?:An)?zahl (?:an |von |der )?(\p{L}+)/iu, "most"],
  [/\bwenigsten (\p{L}+)|\b(?:niedrigste|kleinste|geringste)[nr]? (?:An)?zahl (?:an |von |der )?(\p{L}+)/iu, "least"],
  [/\ble plus (?:de |d['’])(\p{L}+)|\bplus grand nombre (?:de |d['’])(\p{L}+)/iu, "most"],
  [/\ble moins (?:de |d['’])(\p{L}+)|\bplus petit nombre (?:de |d['’])(\p{L}+)/iu, "least"],
  [/(?<!\p{L})más (\p{L}+)|\bmayor (?:número|cantidad) de (\p{L}+)/iu, "most"],
  [/(?<!\p{L})menos (\p{L}+)|\bmenor (?:número|cantidad) de (\p{L}+)/iu, "least"],
  [/(\p{Script=Han}{1,8})最多/u, "most"],
  [/(\p{Script=Han}{1,8})最少/u, "least"],
  [/([^\s、。はを]{1,10})[がは](?:一番|いちばん|最も)多/u, "most"],
  [/([^\s、。はを]{1,10})[がは](?:一番|いちばん|最も)少な/u, "least"],
  [/\b(?:most (?:often|frequent(?:ly)?|common(?:ly)?)|am häufigsten|häufigste[nrs]?)(?!\p{L})/iu, "most", true],
  [/\b(?:le plus (?:souvent|fréquemment)|plus fréquente?s?)(?!\p{L})/iu, "most", true],
  [/(?<!\p{L})(?:más (?:a menudo|frecuentes?|veces)|con más frecuencia)(?!\p{L})/iu, "most", true],
  [/最(?:常|频繁)|(?:最も|一番)(?:頻繁|よく)|最頻/u, "most", true],
];
const OF_ROWS = /件|回数|次数|笔数|本数|件数|記録数|记录/u;

/** What a question asks the most or the fewest of; undefined where it does not, or in several ways. */
export function askedMost(question: string): AskedMost | undefined {
  const found = MOST.flatMap(([words, end, isOfRows = false]) => {
    const match = words.exec(question);
    if (!match) return [];
    const of = match.slice(1).find((group) => group !== undefined) ?? "";
    return [{ of, end, isOfRows: isOfRows || OF_ROWS.test(of) }];
  });
  const ofRows = found.filter(({ isOfRows }) => isOfRows);
  const [most, ...others] = ofRows.length > 0 ? ofRows : found;
  return most && others.every(({ end, of }) => end === most.end && of === most.of) ? most : undefined;
}

const HOW_MANY: readonly RegExp[] = [
  /\bhow many (?:different |distinct )?(\p{L}+)|\bnumber of (\p{L}+)/iu,
  /\bwie ?viele (\p{L}+)|\bAnzahl (?:der |von |an )?(\p{L}+)/iu,
  /\bcombien (?:de |d['’])(\p{L}+)|\bnombre (?:total )?(?:de |d['’])(\p{L}+)/iu,
  /(?<!\p{L})cu[aá]nt[oa]s (\p{L}+)|\b(?:número|cantidad) de (\p{L}+)/iu,
  /(?:多少|几)([个件条次笔名人位家辆部间套栋台座场只本张种天]\p{Script=Han}{0,4})/u,
  /((?:[\p{Script=Han}\p{Script=Katakana}ー\w]{1,10})?(?:の?[はが])?(?:全部で)?何[件回本個台名人社校枚匹軒種日])/u,
  /([\p{Script=Han}\p{Script=Katakana}ー\w]{1,10})[はが](?:全部で)?いくつ(?:あ|い|存在|登録|含)/u,
  /([^\s、。のはがを]{0,10}の?(?:件数|回数))/u,
  /(\p{Script=Han}{0,6}(?:次数|笔数|件数|条数))/u,
];
const COUNTS_ROWS = /^[件条次笔]|何[件回]|[件回次笔条]数/u;
const DIFFERENT =
  /\b(?:different|distinct|unique|verschieden\w*|unterschiedlich\w*|différent\w*|distint\w*|diferent\w*)(?!\p{L})|不同|[何几]种|何種|種類|种类/iu;

/** What a question asks the number of: "how many cars"; undefined where it asks for none, or for different ones. */
export function askedNumber(question: string): AskedCount | undefined {
  const found = HOW_MANY.map((words) => words.exec(question)).find((one) => one !== null);
  if (!found || DIFFERENT.test(question)) return undefined;
  const of = found.slice(1).find((group) => group !== undefined) ?? "";
  return { of, isOfRows: COUNTS_ROWS.test(of) };
}

/** Behind these stands what a result is grouped by; its first words are a group of each. */
const GROUPED_BY: readonly RegExp[] = [
  /\b(?:by|per|(?:(?:for|of|in|at) )?(?:each|every)|for all)(?: of)?(?: the)? ((?:\p{L}[\p{L}\p{N}_-]*(?: (?!and\b|or\b|with\b|of\b|in\b))?){1,3})/giu,
  /\b(?:nach|pro|je|(?:(?:für|in|an|von) )?jede[rsnm]?|aller)(?: de[rmns])? ((?:\p{L}[\p{L}\p{N}_-]*(?: (?!und\b|oder\b|mit\b|von\b|in\b))?){1,3})/giu,
  /(?<!\p{L})(?:par|selon|(?:(?:pour|de|dans) )?chaque)(?: l[ae]s?)? (?:l['’])?((?:\p{L}[\p{L}\p{N}_-]*(?: (?!et\b|ou\b|avec\b|en\b))?){1,3})/giu,
  /(?<!\p{L})(?:por|según|(?:(?:para|de|en) )?cada)(?: l[ao]s?| el)? ((?:\p{L}[\p{L}\p{N}_-]*(?: (?!y\b|o\b|con\b|en\b))?){1,3})/giu,
  /(?:按照?|每[一个种位条家间部]{0,2}|各[个种]?)([^\s，。、的]{1,8})/gu,
  /([^\s、。のはがをに]{1,10})(?:ごと|別|毎)/gu,
  /各([^\s、。のはがをに]{1,8})/gu,
];

/** The words that a question groups by: "state" of "the mean delay by state". */
export function groupWords(question: string): string[] {
  return GROUPED_BY.flatMap((words) => [...question.matchAll(words)].map(([, of = ""]) => of.trim()));
}

/** A word that asks for one of several by its name, and not for a number: "which studio", and not "quel est le total". */
const FOR_NAME: readonly RegExp[] = [
  /\b(?:which|who|whose)\b/i,
  /\b(?:welche[rsmn]? (?!(?:ist|war|sind|waren)\b)\p{L}|wer\b|wessen\b)/iu,
  /(?<!\p{L})(?:quel(?:le)?s? (?!(?:est|était|fut|sont)(?!\p{L}))\p{L}|qui (?!est\b)\p{L})/iu,
  /(?<!\p{L})(?:qué (?!(?:es|fue|era)(?!\p{L}))\p{L}|quién(?:es)?(?!\p{L}))/iu,
  /哪|谁/u,
  /どの(?!くらい|程度)|どれ(?!くらい|だけ|ほど)|どこ|誰|だれ|何曜日/u,
];

export function asksForName(question: string): boolean {
  return FOR_NAME.some((words) => words.test(question));
}

/** What a question says where it asks for a difference of two numbers. */
const DIFFERENCE: readonly RegExp[] = [
  /\b(?:differ\w*|more|less|fewer|higher|lower|larger|smaller|greater|longer|shorter|older|younger|minus|net|gap|margin|lead|profit|loss|gain\w*|chang\w*|ris\w+|rose|f[ae]ll\w*|grew|grow\w*|increas\w*|decreas\w*|drop\w*|between|range|spread|span|swing|beat|won|win|vs|versus|compared|remain\w*|left|balance|excess|deviat\w*|age|old|long|duration|without|excluding|change)\b/i,
  /Differenz|Unterschied|(?<!\p{L})(?:mehr|weniger|höher|niedriger|größer|kleiner|minus|netto|Abstand|Gewinn|Verlust|Spanne|zwischen|Vorsprung|älter|jünger|alt|lang\w*|Dauer|übrig|Rest|ohne|gestiegen|gefallen|Saldo|stieg|fiel|sank)(?!\p{L})|änderung/iu,
  /différen\w*|écart|(?<!\p{L})(?:plus|moins|net|marge|bénéfice|perte|entre|variation|hausse|baisse|reste|solde|âge|durée|sans|évolu\w*|gagn\w*)(?!\p{L})/iu,
  /diferenci\w*|(?<!\p{L})(?:más|menos|neto|margen|beneficio|pérdida|ganancia|entre|variaci[oó]n|subi\w*|baj\w*|rest\w*|saldo|edad|duraci[oó]n|sin|gan[oóa]\w*)(?!\p{L})/iu,
  /差|多|少|变化|變化|净|利润|增|减|涨|跌|余|剩|年龄|时长|胜|赢/u,
  /違い|変化|より|利益|損|残|期間|年齢|勝/u,
];

export function asksForDifference(question: string): boolean {
  return DIFFERENCE.some((words) => words.test(question));
}

/** What is asked for by its name, in Chinese and Japanese: 運転士 of 運転士は誰ですか. */
const KINDS: readonly RegExp[] = [
  /([\p{Script=Han}\p{Script=Katakana}ー]{2,10})は(?:誰|だれ|どこ|どれ)/u,
  /どの([\p{Script=Han}\p{Script=Katakana}ー]{2,10})/u,
  /哪一?[个位名家条种部座间台辆]((?:(?![的最是有在])\p{Script=Han}){2,4})/u,
];

/** What is asked for in a unit: 重量 of 重量は何グラムですか. */
const IN_UNITS: readonly RegExp[] = [
  /([\p{Script=Han}\p{Script=Katakana}ー]{2,10})は何(?:グラム|キロ|トン|センチ|ミリ|メートル|リットル|度|点|歳|円|ドル|ユーロ)/u,
  /([\p{Script=Han}]{2,6})是?(?:多少|几)(?:克|公斤|千克|吨|厘米|毫米|米|公里|升|度|分|岁|元|美元|欧元)/u,
];

export function askedInUnits(question: string): string | undefined {
  return IN_UNITS.map((words) => words.exec(question)?.[1]).find((kind) => kind !== undefined);
}

const WHICH: readonly RegExp[] = [
  /\b(?:which|what) (\p{L}+)/iu,
  /\bwelche[rsmn]? (\p{L}+)/iu,
  /(?<!\p{L})quel(?:le)?s? (\p{L}+)/iu,
  /(?<!\p{L})(?:qué|cuál(?:es)?) (\p{L}+)/iu,
];

/** "actor" of "Which actor played in the most films?", in the languages that set spaces between words. */
export function whichOf(question: string): string | undefined {
  return WHICH.map((words) => words.exec(question)?.[1]).find((word) => word !== undefined);
}

export function askedKind(question: string): string | undefined {
  return KINDS.map((words) => words.exec(question)?.[1]).find((kind) => kind !== undefined);
}
