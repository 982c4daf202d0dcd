import { englishForms } from "./forms/en.ts";
import type { Language } from "./language.ts";

export const english: Language = {
  code: "en",
  names: ["english", "englisch", "inglés", "anglais", "inglese", "inglês", "engels", "angielsku", "английском", "영어"],
  hanNames: ["英语", "英文", "英語"],
  commonWords:
    "the of and is are was were what which how many much with for that there this by has have from it when who where than did does had most been each their highest lowest during between".split(
      " ",
    ),
  chart: /\b(chart|plot|graph|(?<!\b(?:an?|the|in|as) )draw|histogram|scatter\w*|heatmap|boxplot)\b/i, // not "in a draw"
  significance: /\b(p-?values?|significan\w+|t-?test|anova|chi-?squared?|normally distributed)\b/i,
  functions: {
    corr: /correla/i,
    median: /\bmedian/i,
    quantile_cont: /percentile|quantile/i,
    stddev: /standard deviation/i,
    dayname: /days? of the week|weekday/i,
  },
  words: {
    never:
      /\b(never|without any|no longer|(is|are|was|were|do(es)?|did|has|have) not (in|ordered|sold|bought|listed|appear\w*)|didn't|haven't)\b/iu,
    "running-total":
      /\brunning (?:total|sum|count|balance|tally)|\bcumulat|\baccumulat(?:ed|ing|es?)\b|\b(?:totals?|sums?) (?:so far|to date)\b|\b(?:year|quarter|month)[- ]to[- ]date\b|\badd(?:s|ed|ing)? up\b[^.?!]*\bby the end of\b|\badd(?:s|ed|ing)? up\b[^.?!]*\b(day|week|month|quarter|year) (?:by|for|after) \1\b|\bby the end of (?:each|every) (?:day|week|month|quarter|year)\b/iu,
    "moving-average":
      /\b(?:moving|rolling) (?:[\w-]+ ){0,2}(?:averages?|avg|means?)\b|\bsmooth(?:ed|ing)?\b|\b(?:average|mean) of (?:that|the|each|this) (?:hour|day|week|month|quarter|year) and (?:the|its) \w+ (?:\w+ )?(?:before|previous|preceding)\b/iu,
    "first-of-each":
      /\b(each|every|per|within)\b[^.:;]*\b(highest|largest|best|first|last|latest|top)\b|\b(highest|largest|best|first|last|latest|top)\b[^.:;]*\b(each|every|per|within)\b/iu,
    "change-over-time":
      /\b(?:previous|preceding|change|growth|compared (?:to|with) the)\b.*\b(?:day|week|month|quarter|year)|\b(?:hour|day|week|month|quarter|year)[- ](?:over|on)[- ](?:hour|day|week|month|quarter|year)\b|\b(?:on|than|than in|against|from|to|with|over|versus|vs\.?) the (?:hour|day|week|month|quarter|year) before\b|\bfrom (?:one|each) (?:hour|day|week|month|quarter|year) to the (?:next|other)\b/iu,
    "change-between":
      /\bby how much\b|\bhow much (?:more|less|higher|lower)\b|\b(?:change|difference|rise|rose|risen|fall|fell|fallen|grow|grew|grown|increas\w*|decreas\w*|drop\w*)\b/iu,
    "how-many-times":
      /\bhow many times (?:as|more|higher|larger|greater|bigger|longer|older|the)\b|\bratio (?:of|between)\b/iu,
    "share-of-rows": /\b(share|percent(age)?|proportion|fraction|what part|rate) of\b|%\s*of\b/iu,
    gaps: /\b(gaps?|missing (days?|dates?|weeks?|months?)|without (data|an entry))\b/iu,
    missing:
      /\b(missing|unknown|blank|lack\w*|without|ha(ve|s|d|ving) no|with no|not (known|recorded|given|available)|no (value|data|entry))\b/iu,
    total: /\b(?:totals?(?! (?:over|above|under|below|less|more|between)\b)|sum of|altogether|added up)\b/iu,
    mean: /\b(average|avg)\b|\bthe mean\b|(?<!\b(?:i|you|we|they|it|this|that|not|to|does \p{L}+|do \p{L}+) )\bmean (?!(?:that|to|it|you|for|the same)\b)[\p{L}_]+/iu,
    dearest: /\bmost expensive|priciest|dearest\b/iu,
    cheapest: /\b(?:cheapest|least expensive)\b/iu,
    "one-value": /\b(what (is|was) the|how (many|much))\b/iu,
    groups:
      /\b(each|every|per|by|across|among|between|respective\w*|compar\w*|differ\w*|depend\w*|list|show|which|who|distribution|breakdown|trend|top|development|over time|history)\b/iu,
    "logistic-regression": /logistic regress/iu,
    prediction:
      /train(ing)?[- /]?(and[- ])?test|\btest set\b|\bRMSE\b|\baccuracy of\b|\bpredict(s|ed|ion|ive)?\b.*\b(model|well|accura)/iu,
    regression: /\bregress(ion|ed)?\b/iu,
    correlation: /pearson|spearman|kendall|rank correlation|correl\w*.*signific|signific\w*.*correl/iu,
    "t-test": /\bt[- ]?test|\bWelch(?:['’]?s)?[- ](?:t[- ]?)?test/iu,
    anova: /\banova\b|analysis of variance/iu,
    "chi-square": /chi[- ]?squared?|chi²|χ²/iu,
    normality: /normally distributed|normality|normal distribution|shapiro|jarque|d'agostino/iu,
    moments: /skew|kurtosis/iu,
    outliers: /outliers?\b/iu,
    bootstrap: /bootstrap|confidence interval/iu,
    "k-means": /k[- ]?means|\bcluster(ing| analysis|s of)|\b(into|in) (\d+|two|three|four|five) clusters?\b/iu,
    seasonal: /seasonal/iu,
    spearman: /spearman|rank correlation/iu,
    kendall: /kendall/iu,
    pearson: /pearson/iu,
    "shapiro-wilk": /shapiro/iu,
    "jarque-bera": /jarque/iu,
    "z-score": /z[- ]?score|standard deviations?/iu,
    iqr: /\bIQR\b|interquartile/iu,
    multiplicative: /multiplicativ/iu,
    median: /\bmedian/iu,
    year: /\b(by|per|each|every) year\b|yearly|annual/iu,
    quarter: /\b(by|per|each|every) quarter\b|quarterly/iu,
    month: /\b(by|per|each|every) month\b|monthly/iu,
    week: /\b(by|per|each|every) week\b|weekly/iu,
    "which-hour": /\b(?:which|what) hours?\b|\bhours? of (?:the )?day\b|\bwhat time of (?:the )?day\b/iu,
    "which-day": /\b(?:which|what|by|per|each|every) (?:single )?(?:days?|dates?)\b(?! of the (?:week|month|year))/iu,
    "which-month": /\b(?:which|what|by|per|each|every) (?:calendar )?months?\b|\bmonths? of the year\b|\bmonthly\b/iu,
    "which-year": /\b(?:which|what|by|per|each|every) years?\b|\byearly\b/iu,
    "of-the-year": /\bof the year\b|\bcalendar month|\bseasonal|\bon average\b|\b(?:usually|typically|generally)\b/iu,
    "first-in-time":
      /\b(?:first|earliest|oldest)\b(?! (?:names?|class|quarter|half|letters?|columns?|languages?|place|floor|years?|months?|weeks?|days?|hours?|digits?)\b)/iu,
    "last-in-time":
      /\b(?:last|latest|most recent|newest)\b(?! (?:names?|class|quarter|half|letters?|columns?|place|floor|years?|months?|weeks?|days?|hours?|digits?|\d|two|three|four|five)\b)/iu,
    "no-number":
      /\b(?:no|not an?|without an?|lack\w* an?|non-?|not) ?(?:valid |proper )?(?:numbers?|numeric|numerical)\b/iu,
    "period-edge":
      /\b(?:start\w*|beg[aiu]n\w*|end|ends|ended|first|last|early|late|mid|middle|half|summer|winter|spring|autumn|fall|season|week|weeks|day|days|date|new year|christmas|easter|eve|morning|open(?:ed|ing)?|clos(?:e|ed|ing))\b/iu,
    "relative-time": /\b(?:this|last|current|past|previous|recent|latest|newest|today|yesterday|ago)\b/iu,
    "second-axis": /second axis|two axes|both axes|secondary/iu,
    facets: /small multiples?|facet|(one|a|separate) (chart|panel|plot)s? (for|per) each|panels? (by|per)/iu,
    top: /\btop[- ]?\d+|\btop\b.*\bothers?\b|\b\d+ (largest|biggest|highest)|rest (as|together)/iu,
    sorted: /\bsort|\border(ed)? by|ascending|descending/iu,
    shares: /stacked (share|percent)|100 ?%|\bshares?\b|proportion|percent|normali[sz]ed/iu,
    logarithm: /\blog(arithm\w*)?\b[- ]?(scale|axis|axes|x|y)?|logarithmi/iu,
    confidence: /confidence|error bars?|uncertainty|\bbands?\b/iu,
    map: /\bmap\b/iu,
    revenue: /\b(revenues?|turnover|sales value|takings|order value)\b/iu,
    profit:
      /\b(?:profits?|profitab\w*|earn\w*|margins?|net (?:gain|loss)|loss(?:es)?)\b|\b(?:lucro|zysk\w*|winst\w*|profitto|utile)\b|прибыл|이익|수익/iu,
    "row-count": /\b(number of|how many|counts? of)\b/iu,
    line: /\bline (chart|graph|plot)|\bas (a )?lines?\b|\bone line (per|for)\b/iu,
    bar: /\bbars?\b|\bcolumn (chart|graph)/iu,
    pie: /\bpie\b/iu,
    "over-time": /\b(over|through|across) time\b|\btimeline\b/iu,
    histogram: /\bhistogram/iu,
    scatter: /\bscatter/iu,
  },
  beginsFollowUp: /^(and|or|but|only|just|now|then|also|same|instead|what about|how about)(?![\p{L}\p{N}])/iu,
  pointsBack: /\b(those|these|them|it|its|they|their|he|she|his|her|that one|the same)\b/i,
  changes:
    /^(no|sorry|oops|pardon|my mistake|correction|not quite|wait|i meant?|rather|make it|as an?|by|per|in|for|with(out)?|without|excluding|sorted|order(ed)? by)\b/i,
  asks: /\b(what|which|who|how many|how much|show|list)\b/iu,
  which: /\b(which|who|whose)\b/i,
  cannot: /cannot be answered|no column for/i,
  nothing: /\b(no|not|none|nothing|nobody|never|zero|0|empty|without)\b|n't\b/i,
  // "most efficient" may be the lowest number of all: only "most" of something that is counted.
  most: /\b(highest|largest|greatest|biggest|maximum|tallest|heaviest|longest|priciest|richest|warmest|hottest|widest|deepest|peaks?|peaked|top (?!(?:\d|two|three|four|five|ten)\b)(?=\p{L}))\b|(?<!\bat )\bmost\b(?! (of|recent|[\w-]+(ent|ant|ive|al|ic|able|ible|ous|ful|ed|ing|ly))\b)/iu,
  each: /\b(each|every|per)\b/i,
  all: /\b(all|every|each|everyone|everybody)\b/i,
  both: /\bboth\b/i,
  neither: /\bneither\b/i,
  except: /\b(?:except(?: for)?|apart from|other than|with the exception of|bar(?= \p{Lu}))\b/u,
  only: /\b(only|just|solely)\b/i,
  least: /(?<!\bat )\b(least|lowest|smallest|fewest|minimum|shortest|lightest|cheapest|poorest|coldest|narrowest)\b/i,
  unsure:
    /\b(second|third|fourth|fifth|\d+(nd|rd|th)|among|one of|next|not|without|except|after|before|than|(?:top|bottom) (?:\d+|two|three|four|five|ten))\b|n't\b/i,
  deniesEnd: /(?:\bnot|n't|\bnever)(?: (?:have|has|had|be|the|a|an|at|in|with|by))* #/i,
  best: /(?<!\bat )\b(?:best|worst)\b(?!-)/i,
  moreThan:
    /\b(more|higher|larger|greater|bigger|heavier|taller|longer|wider|deeper|richer|warmer|hotter)\b[^.;,]*\bthan\b/i,
  lessThan: /\b(less|lower|fewer|smaller|lighter|shorter|narrower|poorer|cooler|colder|cheaper)\b[^.;,]*\bthan\b/i,
  follows: /\b(?:followed by|ahead of)\b/i,
  bounds: {
    ">=": /\b(?:at least|no (?:less|fewer) than|a minimum of) #|#(?: \p{L}+)? (?:or|and) (?:more|over|above|higher|longer|older)\b/iu,
    ">": /\b(?:(?:more|greater|higher|larger|longer|older|heavier|bigger|taller|wider|faster|later|warmer|hotter|deeper) than|over|above|exceed(?:s|ed|ing)?) #(?! (?:\p{L}+ )?or (?:more|equal))/iu,
    "<=": /\b(?:at (?:the )?most|no more than|not more than|a maximum of|up to) #|#(?: \p{L}+)? or (?:less|fewer|under|below|lower|younger)\b/iu,
    "<": /\b(?:(?:less|fewer|lower|smaller|shorter|younger|lighter|slower|cheaper|earlier|colder) than|under|below) #(?! (?:\p{L}+ )?or (?:less|equal))/iu,
  },
  sides: {
    after: /\b(?:after|later than) #/iu,
    since: /\b(?:since|as of|from) # ?(?:on|onwards?|onward)?(?! (?:to|until|till|through)\b| ?[-–])|# or later\b/iu,
    before: /\b(?:before|prior to|earlier than) #/iu,
    through: /\b(?:up to(?: and including)?|through) #|# or earlier\b/iu,
  },
  rises:
    /\b(increased|increases|rose|rises|has risen|grew|grows|(?:has|have|had) (?:grown|risen)|(?:is|are|was|were|been|keeps?) (?:growing|rising|increasing|going up)|went up|climbed|upward|doubled|tripled)\b/i,
  falls:
    /\b(decreased|decreases|fell|falls|has fallen|declined|declines|dropped|drops|(?:is|are|was|were|been|keeps?) (?:falling|declining|decreasing|shrinking|dropping|going down)|went down|shrank|downward|halved)\b/i,
  loses:
    /\b(loss(es)?|lost|loses?|negative|deficits?|minus|below|under|down|less|fewer|lower|decreas\w*|declin\w*|drop\w*|fell|falls?|fallen|shrank|shortfall|worse)\b/i,
  times: [
    [/\b(?:twice|double|two times)\b/i, 2],
    [/\b(?:triple|three times|thrice)\b/i, 3],
    [/\bfour times\b/i, 4],
    [/\bhalf (?:as|of|the)\b/i, 1 / 2],
    [/\b(?:a|one) third (?:as|of|the)\b/i, 1 / 3],
    [/\b(?:a|one) quarter (?:as|of|the)\b/i, 1 / 4],
  ],
  ranks: [
    /\b(?:(?:is|are|comes?|came|ranks?|ranked|places?|placed) (?:in )?(?:the )?|in )(?:first|1st)(?= place\b|\s*[,.;(]|\s+with\b|\s*$)|\b(?:first|1st)[- ](?:most|highest|largest|biggest|lowest|smallest|fewest)\b/iu,
    /\b(?:(?:is|are|comes?|came|ranks?|ranked|places?|placed) (?:in )?(?:the )?|in )(?:second|2nd)(?= place\b|\s*[,.;(]|\s+with\b|\s*$)|\b(?:second|2nd)[- ](?:most|highest|largest|biggest|lowest|smallest|fewest)\b/iu,
    /\b(?:(?:is|are|comes?|came|ranks?|ranked|places?|placed) (?:in )?(?:the )?|in )(?:third|3rd)(?= place\b|\s*[,.;(]|\s+with\b|\s*$)|\b(?:third|3rd)[- ](?:most|highest|largest|biggest|lowest|smallest|fewest)\b/iu,
    /\b(?:(?:is|are|comes?|came|ranks?|ranked|places?|placed) (?:in )?(?:the )?|in )(?:fourth|4th)(?= place\b|\s*[,.;(]|\s+with\b|\s*$)|\b(?:fourth|4th)[- ](?:most|highest|largest|biggest|lowest|smallest|fewest)\b/iu,
  ],
  rankedEnds: { words: [/\b(?:second|2nd)[- ]/iu, /\b(?:third|3rd)[- ]/iu, /\b(?:fourth|4th)[- ]/iu], end: "" },
  last: /\b(?:(?:is|are|comes?|came|ranks?|ranked|placed?s?|finish(?:es|ed)?) (?:in )?(?:the )?(?:very )?last|in last place|at the bottom)(?= place\b|\s*[,.;(]|\s+with\b|\s*$|\b(?= of the (?:list|ranking)))/iu,
  equals:
    /\b(?:the same (?:number|amount|count|share|value|level|total|sales|revenue|price|age|size|weight|height|length)|(?:is|are|was|were) (?:exactly |both )?(?:the same|identical|equal)(?=\s*[.,;(]|\s*$)|equally (?:many|much)|an equal (?:number|amount|share))\b|(?<!\b(?:twice|half|times|third|quarter|double|not|\d%?|percent|%) )\bas (?:many|much)\b[^.;,]* as\b/iu,
  steadily:
    /\b(?:every|each) (?:single )?(?:year|month|quarter|week|day|time)\b|\b(?:steadily|continuously|consistently|without exception|year after year)\b/i,
  grows: [
    [/\bdoubled\b/i, 2],
    [/\b(?:tripled|trebled)\b/i, 3],
    [/\bquadrupled\b/i, 4],
    [/\bhalved\b/i, 1 / 2],
  ],
  stays:
    /\b(?:stayed|remained|has stayed|has remained|was|were) (?:\w+ )?(?:the same|constant|unchanged|flat|stable)\b|\bdid(?: not|n't) change\b/i,
  it: /^(?:it|they)(?= )/i,
  parts: [
    [/\b(?:nearly|almost|practically|virtually) all\b/i, 0.85, 1],
    [/\b(?:more than|over) (?:a )?half\b|\bthe majority of\b/i, 0.5, 1],
    [/\b(?:less|fewer) than (?:a )?half\b|\bunder half\b|\ba minority of\b/i, 0, 0.5],
    [/\bhalf (?:of )?(?:the|all|its|their)\b/i, 0.42, 0.58],
  ],
  scales: {
    thousand: 1e3,
    k: 1e3,
    K: 1e3,
    million: 1e6,
    M: 1e6,
    mn: 1e6,
    billion: 1e9,
    bn: 1e9,
    B: 1e9,
    trillion: 1e12,
  },
  cardinals: [
    "zero",
    "one|single",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
  ],
  yes: "yes",
  no: "no",
  form: englishForms,
  sentences: {
    measures: {
      rows: "The number of rows",
      count: (of) => `The number of values of ${of}`,
      distinct: (of) => `The number of different values of ${of}`,
      sum: (of) => `The sum of ${of}`,
      mean: (of) => `The mean of ${of}`,
      least: (of) => `The smallest value of ${of}`,
      most: (of) => `The largest value of ${of}`,
      median: (of) => `The median of ${of}`,
    },
    one: (name, value) => `${name} is ${value}.`,
    byKey: (name, key, pairs) => `${name} by ${key}: ${pairs}.`,
    rows: (count) => `The result has ${count} rows; the table shows them.`,
    none: "The result has no rows.",
    chart: (measure, key) => `The chart shows ${measure} by ${key}.`,
    lacks: (column) => `This cannot be answered: the tables have no ${column}.`,
    noNumbers: (column, table, reason) =>
      `This cannot be answered: no value of "${column}" in ${table} is a number${reason}.`,
    unreadable: (file, problem) =>
      `${file} cannot be read: ${problem} Save it anew as CSV, Parquet, JSON or .xlsx, or ask about another file.`,
    noFile: (file, tables) => `There is no file ${file} in the notebook's folder. It has ${tables}.`,
    nearFile: (file) => `The nearest name is ${file}.`,
    noTables:
      "The notebook's folder has no tables: put a file (CSV, Excel, Parquet, JSON) beside the notebook and ask again.",
    isOther: (column) =>
      `This cannot be answered: no column holds what is asked for, and "${column}" is something else.`,
    ifMeant: (column) => `If ${column} is meant, ask for it by its name.`,
    unanswerable: "This cannot be answered from these tables.",
    notFound: "This could not be answered: no query that was tried gives what was asked.",
    answerInThis: "Answer in English.",
  },
};
