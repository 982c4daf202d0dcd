// How people ask for what is counted on from one time to the next: sums so far, changes on the time before, means that move.
import { asksFor, LANGUAGES } from "./index.ts";

export type Step = "hour" | "day" | "week" | "month" | "quarter" | "year";

const NOUNS: Readonly<Record<Step, { latin: string; han: string }>> = {
  hour: { latin: "hours?|stunden?|heures?|horas?", han: "小时|小時|時間" },
  day: { latin: "days?|tage?s?|jours?|d[ií]as?", han: "天|日" },
  week: { latin: "weeks?|wochen?|semaines?|semanas?", han: "周|星期|週間?" },
  month: { latin: "months?|monate?s?|mois|mes(?:es)?", han: "月" },
  quarter: { latin: "quarters?|quartale?s?|trimestres?", han: "季度|四半期" },
  year: { latin: "years?|jahre?s?|an(?:née)?s?|a[nñ]os?", han: "年" },
};
const STEPS = Object.keys(NOUNS) as Step[]; // as: its own keys

/** "month by month": each step is one of the same words twice, or the end of each. */
function oneByOne(step: Step): RegExp {
  const { latin, han } = NOUNS[step];
  const twice = `(?:${latin}) (?:by|for|after|to|on|für|um|zu|après|par|a|tras|por) (?:${latin})`;
  const ends = `(?:end of|ende|fin de|final de|al? cierre de) (?:each |every |jedes |chaque |cada )(?:${latin})`;
  const along = `au fil des (?:${latin})`;
  const inHan = `逐(?:${han})|按(?:${han})|每个?(?:${han})|(?:${han})(?:ごと|別|を追)|各(?:${han})`;
  return new RegExp(`(?<!\\p{L})(?:${twice}|${ends}|${along})(?!\\p{L})|${inHan}`, "iu");
}

const ONE_BY_ONE = STEPS.map((step) => [step, oneByOne(step)] as const);

/** The step of "month by month"; undefined where the question names none or several. */
export function stepByStep(question: string): Step | undefined {
  const [found, ...others] = ONE_BY_ONE.filter(([, words]) => words.test(question));
  return others.length > 0 ? undefined : found?.[0];
}

/** Words that leave no other meaning. */
const RUNNING: readonly RegExp[] = [
  /\brunning (?:totals?|sums?|counts?|tally|balance)\b|\bcumulati(?:ve|vely)\b|\badd(?:s|ed|ing)? up to by (?:the )?end\b/iu,
  /\b(?:laufende[nr]? (?:Gesamt)?summen?|kumulier\w*|kumulativ\w*|aufaddier\w*|aufsummier\w*|aufgelaufen\w*)(?!\p{L})/iu,
  /\bcumulée?s?(?!\p{L})|\bcumulati(?:f|fs|ve|ves)\b/iu,
  /\b(?:total|suma|saldo|importe)(?: \p{L}+){0,3} acumulad[oa]s?\b|\bacumulativ[oa]s?\b/iu,
  /累计|累加/u,
  /累計|累積|順に足し/u,
];
/** They may also speak of the sum of each time: "la lluvia acumulada por mes". */
const MAYBE_RUNNING =
  /\b(?:accumulat\w+|so far|to date|adding up|bisher|cumul|cumuls|acumulad\w*|acumulando|sumando)(?!\p{L})/iu;

export function asksForRunningTotal(question: string): boolean {
  const isCertain = RUNNING.some((words) => words.test(question));
  return isCertain || (MAYBE_RUNNING.test(question) && stepByStep(question) !== undefined);
}

const HALF = /\bhalf(?: of)?\b|\bHälfte\b|\bmitad\b|\bmoitié(?!\p{L})|一半|半数|半分/iu;
const WHICH_TIME =
  /\b(?:which|what|when|ab wann|wann|welche[mnrs]?)\b|(?<!\p{L})(?:qué|cuándo|quel(?:le)?s?|quand)(?!\p{L})|哪|何[時日月年]|どの|いつ|几月/iu;

/** "In which month did we pass half of it?" */
export function halfReached(question: string): boolean {
  return HALF.test(question) && WHICH_TIME.test(question);
}

/** Against the time before; # stands for a word of time. */
const AGAINST: readonly string[] = [
  "\\b(?:on|against|over|than|versus|vs\\.?|to|with|from|minus|in) (?:(?:the|its|their) )?(?:(?:previous|preceding|prior) (?:#)|(?:#) (?:before|earlier))\\b",
  "\\b(?:hour|day|week|month|quarter|year)[- ](?:over|on)[- ](?:#)\\b|\\bfrom one (?:#) to the next\\b|\\bfrom (?:hour|day|week|month|quarter|year) to (?:#)\\b",
  "(?<!\\p{L})vor(?:#)(?!\\p{L})|(?<!\\p{L})(?:gegenüber|zum|zur|als|mit) (?:(?:im|am|in|de[mr]) )*(?:vorigen|vorherigen|vorangegangenen|vorhergehenden) (?:#)(?!\\p{L})|\\bvon (?:einem|einer) (?:#) (?:zum|zur) nächsten\\b",
  "\\b(?:respecto|frente|comparad[oa]s?|comparación|relación|sobre|contra|con|que|en) (?:(?:al?|del|con|el|la|en) )*(?:#) (?:anterior|previ[oa]|precedente)\\b|\\bde una? (?:#) (?:al?|a la) (?:otr[oa]|siguiente)\\b",
  "(?<!\\p{L})(?:par rapport|comparée?s?|que|sur|avec|contre) (?:(?:à|au|le|la|à la) |l['’]|à l['’])*(?:#) (?:précédente?|d['’]avant)(?!\\p{L})|\\bd['’]une? (?:#) (?:à|sur) l['’]autre(?!\\p{L})|\\bd['’]une? (?:#) (?:au|à la) suivante?(?!\\p{L})",
];
const AGAINST_IN_HAN = "(?:比|与|和|跟|同|较)(?:上|前)一?个?(?:#)|前の?(?:#)(?:比|より|に比べ|と比べ|との差|から)";
const UNNAMED = /环比/u;
const CHANGES =
  /\b(?:up|down|rise\w*|rising|rose|f[ae]ll\w*|chang\w*|differ\w*|gr[oe]w\w*|increas\w*|decreas\w*|drop\w*|declin\w*|more|less|fewer|higher|lower|compar\w*|against|versus|growth)\b|gegenüber|Veränder|veränder|Vergleich|verglichen|(?<!\p{L})(?:mehr|weniger|höher|niedriger|gestiegen|gefallen|gesunken|gewachsen|zugenommen|abgenommen|stieg|fiel|sank|wuchs|Differenz|Unterschied|Anstieg|Rückgang|Zuwachs|änder\p{L}*)(?!\p{L})|respecto|frente|compara|(?<!\p{L})(?:más|menos|subi\p{L}*|baj\p{L}*|cay\p{L}*|aument\p{L}*|disminu\p{L}*|crec\p{L}*|vari\p{L}*|cambi\p{L}*|diferencia)(?!\p{L})|par rapport|comparé|écart|(?<!\p{L})(?:plus|moins|augment\p{L}*|baiss\p{L}*|diminu\p{L}*|chut\p{L}*|progress\p{L}*|évolu\p{L}*|vari\p{L}*|différence|hausse)(?!\p{L})|[比较差涨跌增减升降]|より|比べ|から/iu;

const BEFORE = STEPS.map((step) => {
  const { latin, han } = NOUNS[step];
  const words = [...AGAINST.map((one) => one.replaceAll("#", latin)), AGAINST_IN_HAN.replaceAll("#", han)];
  return [step, new RegExp(words.join("|"), "iu")] as const;
});

/** A change on the time before it, and which step that is, where the question says so. */
export function changeAsked(question: string): { readonly step: Step | undefined } | undefined {
  const [found, ...others] = BEFORE.filter(([, words]) => words.test(question));
  if (others.length > 0 || !CHANGES.test(question)) return undefined;
  if (found) return { step: found[0] };
  return UNNAMED.test(question) ? { step: undefined } : undefined;
}

interface EndWords {
  readonly most: string;
  readonly rise: string;
  readonly fall: string;
}

const ENDS: readonly EndWords[] = [
  {
    most: "\\b(?:most|biggest|largest|greatest|highest|steepest|sharpest|strongest|maximum)\\b",
    rise: "\\b(?:ris(?:e[ns]?|ing)|rose|gr[oe]w\\w*|increas\\w*|climb\\w*|jump\\w*|gain\\w*|go up|went up)\\b",
    fall: "\\b(?:f[ae]ll\\w*|drop\\w*|decreas\\w*|declin\\w*|s[ai]nk\\w*|shr[aiu]nk\\w*|go down|went down)\\b",
  },
  {
    most: "(?<!\\p{L})(?:am (?:meisten|stärksten|höchsten)|höchstens|(?:größte|stärkste|höchste)[nrs]?)(?!\\p{L})",
    rise: "(?<!\\p{L})(?:gestiegen|gewachsen|zugenommen|zugelegt|stieg\\p{L}*|wuchs\\p{L}*|Anstieg|Zuwachs|Zunahme)(?!\\p{L})",
    fall: "(?<!\\p{L})(?:gesunken|gefallen|abgenommen|zurückgegangen|sank\\p{L}*|fiel\\p{L}*|Rückgang|Abnahme|Einbruch)(?!\\p{L})",
  },
  {
    most: "(?<!\\p{L})(?:más|mayor|máxim[oa])(?!\\p{L})",
    rise: "(?<!\\p{L})(?:sub(?:i|í|e)\\p{L}*|subida|aument\\p{L}*|crec\\p{L}*|incremento|alza)(?!\\p{L})",
    fall: "(?<!\\p{L})(?:baj(?:ó|a|aron|ar|ada)|ca(?:yó|yeron|ída|e|er)|descen\\p{L}*|disminu\\p{L}*|reduc\\p{L}*)(?!\\p{L})",
  },
  {
    most: "(?<!\\p{L})(?:le plus|plus (?:forte?|grande?|grosse?)|maxim\\p{L}*)(?!\\p{L})",
    rise: "(?<!\\p{L})(?:augment\\p{L}*|progress\\p{L}*|hausse|croissance|grimp\\p{L}*)(?!\\p{L})",
    fall: "(?<!\\p{L})(?:baiss\\p{L}*|diminu\\p{L}*|chut\\p{L}*|recul\\p{L}*)(?!\\p{L})",
  },
  { most: "最(?:多|大|快)", rise: "涨|上升|增长|增加|增幅", fall: "跌|下降|减少|降幅" },
  { most: "最も|最大|一番", rise: "増え|増加|上が|上昇|伸び", fall: "減|下が|低下|落ち" },
];

/** "fell most": which change the most is asked of. */
export function mostChange(question: string): "rise" | "fall" | undefined {
  const isMost = (kind: "rise" | "fall") =>
    ENDS.some(({ most, ...words }) => {
      const beside = "[^.?!;。？！；]{0,40}?";
      const [end, change] = [`(?:${most})`, `(?:${words[kind]})`];
      return new RegExp(`${end}${beside}${change}|${change}${beside}${end}`, "iu").test(question);
    });
  const [isRise, isFall] = [isMost("rise"), isMost("fall")];
  return isRise === isFall ? undefined : isRise ? "rise" : "fall";
}

const COUNTS = new Map(
  LANGUAGES.flatMap(({ cardinals }) =>
    cardinals.flatMap((words, count) => (count > 1 ? words.split("|").map((word) => [word, count] as const) : [])),
  ),
);
const COUNT = `\\d{1,3}|${[...COUNTS.keys()].sort((a, b) => b.length - a.length).join("|")}`;
const HAN_COUNT = "\\d{1,3}|十[一二]|[二两三四五六七八九十]";
const COMPOUND = "-?(?:mittel|durchschnitt|schnitt|ig)"; // Dreimonatsmittel
const COUNTER = "\\s?(?:个|個|か|カ|ヶ|ケ|ヵ|箇)?";

const WIDTHS = STEPS.map((step) => {
  const { latin, han } = NOUNS[step];
  const inHan = `(?<han>${HAN_COUNT})${COUNTER}(?:${han})(?!${step === "month" ? "份|\\d" : "\\d"})`;
  return [
    step,
    new RegExp(`(?<![\\p{L}\\d.,])(?<latin>${COUNT})[ -]?(?:${latin})(?:(?!\\p{L})|${COMPOUND})|${inHan}`, "giu"),
  ] as const;
});
/** "and the two before it": the number of those before, which the time itself is added to. */
const AND_THOSE_BEFORE: readonly RegExp[] = [
  new RegExp(
    `\\b(?:and|plus|with) (?:the|its) (${COUNT}) (?:\\p{L}+ )?(?:before|previous|preceding|prior|earlier)(?: \\p{L}+)?`,
    "iu",
  ),
  new RegExp(`\\b(?:and|plus) the (?:previous|preceding|prior) (${COUNT})(?: \\p{L}+)?`, "iu"),
  new RegExp(
    `\\b(?:und|plus|samt|mit) (?:die|den|der) (?:beiden |vorigen |vorherigen )?(${COUNT}) (?:\\p{L}+ )?(?:davor|zuvor|vorher|vorigen|vorherigen|vorangehenden|vorangegangenen|vorhergehenden)(?: \\p{L}+)?`,
    "iu",
  ),
  new RegExp(`(?<!\\p{L})(?:y|más|con) l[oa]s (${COUNT}) (?:\\p{L}+ )?(?:anteriores|previ[oa]s|precedentes)`, "iu"),
  new RegExp(
    `(?<!\\p{L})(?:et|plus|avec) les (${COUNT}) (?:\\p{L}+ )?(?:précédente?s?|d['’]avant|qui (?:le |la )?précèdent)`,
    "iu",
  ),
  new RegExp(
    `(?:和|及|与|加上?|以及|、|と)(?:其|它|その)?(?:之前|前面?|直前)[的の]?(${HAN_COUNT})${COUNTER}(?:小时|時間|天|日|周|週間?|月|季度|四半期|年)?`,
    "u",
  ),
];
const MOVES_BOTH_WAYS = /\b(?:cent(?:er|r)ed|zentriert\w*|centrad[oa]s?)(?!\p{L})|\bcentrée?s?(?!\p{L})|居中|中心/iu;

export interface MovingWidth {
  readonly count: number; // of times, the last one among them
  readonly step: Step | undefined; // where the question says of what
}

/** "Rolling" alone is said of other things, too. */
const MOVING: readonly RegExp[] = [
  /\b(?:moving|rolling|sliding|trailing)(?: [\p{L}\d-]+){0,3} (?:averages?|avg|means?)\b/iu,
  /gleitende\w*(?: [\p{L}\d-]+){0,2} [\p{L}\d-]*(?:durchschnitt|mittel|schnitt)/iu,
  /\b(?:media|promedio)s?(?: [\p{L}\d]+){0,3} m[oó]vil(?:es)?(?!\p{L})/iu,
  /\bmoyennes?(?: [\p{L}\d]+){0,4} (?:mobile|glissante)s?(?!\p{L})/iu,
  /(?:移动|滑动|滚动)(?:平均|均值)/u,
  /移動平均/u,
];

/** Whether a mean is asked for that moves along. */
export function asksForMovingMean(question: string): boolean {
  const isMoving = MOVING.some((words) => words.test(question));
  return isMoving || (asksFor(question, "mean") && thoseBefore(question) !== undefined);
}

/** Over how many times a mean moves; undefined where the question does not say it, or says several numbers. */
export function movingWidth(question: string): MovingWidth | undefined {
  if (MOVES_BOTH_WAYS.test(question)) return undefined;
  const before = thoseBefore(question);
  const rest = before ? question.replace(before.text, " ") : question;
  const said = WIDTHS.flatMap(([step, words]) =>
    [...rest.matchAll(words)].map(({ groups }) => ({
      step,
      count: countOf(groups?.["latin"] ?? groups?.["han"] ?? ""),
    })),
  );
  const [first, ...others] = said;
  const count = before ? before.count + 1 : first?.count;
  const isOne = [first, ...others].every((one) => !one || (one.count === count && one.step === first?.step));
  return count !== undefined && count > 1 && isOne ? { count, step: first?.step } : undefined;
}

function thoseBefore(question: string): { readonly text: string; readonly count: number } | undefined {
  const found = AND_THOSE_BEFORE.map((words) => words.exec(question)).find((one) => one !== null);
  return found ? { text: found[0], count: countOf(found[1] ?? "") } : undefined;
}

function countOf(word: string): number {
  return /^\d+$/.test(word) ? Number(word) : (COUNTS.get(word.toLowerCase()) ?? 1);
}

/** Whether what is asked for of each time is computed of others as well: a value of all rows is none of it. */
export function asksOverTime(question: string): boolean {
  return asksForRunningTotal(question) || changeAsked(question) !== undefined || asksForMovingMean(question);
}
