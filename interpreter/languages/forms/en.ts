import type { FormWords } from "./form-words.ts";

export const englishForms: FormWords = {
  decimals:
    /(?:\b(?:to|with|at|and|using|exactly|up to|round\w*)[,:]?|[,;(–—]) ?(?:exactly )?(\d|one|two|three|four|five|six)[ -](?:decimals?\b|decimal (?:places?|digits?)|d\.p\.|digits after the (?:decimal )?point)/i,
  places: [
    [/\b(?:nearest|to the|to one) tenths?\b/i, 1],
    [/\b(?:nearest|to the|to one) hundredths?\b/i, 2],
    [
      /nearest (?:integer|whole number|whole \w+|euro|dollar|pound|unit|percent|minute|hour|day|year|cent)\b(?! of)|\b(?:to|in) (?:whole \w+|integers)\b|\b(?:no|without|zero)(?: any)? (?:decimals?\b|decimal places)|\b(?:as|to) an? (?:integer|whole number)\b/i,
      0,
    ],
  ],
  numerals: { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6 },
  significant: /(\d+|one|two|three|four|five|six) significant (?:digits?|figures?)\b|(\d) ?s\.?f\.?\b/i,
  nearest: [
    [/nearest (?:ten|10)\b/i, 10],
    [/nearest (?:hundred|100)\b/i, 100],
    [/nearest (?:thousand|1,?000)\b/i, 1000],
    [/nearest (?:million|1,?000,?000)\b/i, 1e6],
  ],
  percent:
    /\b(?:in|as) (?:a )?(?:percent(?:age|ages)?|per cent)\b|\b(?:in|as) (?:a )?%|\bwith (?:a |the )?(?:%|percent sign)/i,
  scaled: [
    [
      /\bin (?:thousands?|k)\b(?= (?:of )?(?:€|euros?|eur|dollars|pounds|yen|units)|(?! (?:of|separat)))/i,
      1e3,
      "thousand",
    ],
    [/\bin millions?\b(?= (?:of )?(?:€|euros?|eur|dollars|pounds|yen|units)|(?! of))/i, 1e6, "million"],
    [/(?<!\p{L})(?:in|en) (M[€$£])/u, 1e6, "M"],
    [/(?<!\p{L})(?:in|en) (k[€$£])/u, 1e3, "k"],
    [/\bin billions?\b/i, 1e9, "billion"],
  ],
  thousands:
    /\bthousands?[- ]separat\w+|\bseparators? (?:for|between) (?:the )?thousands\b|\b(?:comma|point|dot|space|apostrophe)s? (?:for|between|as) (?:the )?thousands\b|\bdigit grouping\b/i,
  groups: ",",
  decimalComma: /\bdecimal comma\b|\bcommas? (?:as|for) (?:the |a )?decimal/i,
  sign: /[€$£¥][- ](?:sign|symbol)\b|\b(?:euro|dollar|pound|yen|currency)[- ](?:sign|symbol)\b/i,
  inFront: /\bin front\b|\bbefore (?:it|the (?:number|amount|figure))\b|\bleading\b/i,
  unit: /\b(?:with|add|including|include) the unit (?:of )?["'“]?([\p{L}°²³/%]{1,8})/iu,
  upperCase: /(?:\b(?:in|all|as)|[,;]) (?:upper[- ]?case|capital letters|capitals)\b(?! of)|\ball caps\b/i,
  lowerCase: /\b(?:in|all|as) lower[- ]?case\b/i,
  bold: /\bin bold\b|\b(?:bold|embolden|bolden) the\b|\bmake\b[^.?!]* bold\b/i,
  quotes: /\b(?:in|inside|within|with|between) (?:double |single )?(?:quotes|quotation marks|inverted commas)\b/i,
  brackets: /\b(?:in|inside|within|between) (?:square )?brackets\b/i,
  descending:
    /\b(?:sorted|ordered|sort|order|in)\b[^.?!]*\b(?:descending|decreasing)\b|\bfrom (?:the )?(?:highest|largest|most) to (?:the )?(?:lowest|smallest|least)\b|\b(?:highest|largest|biggest|most) first\b/i,
  ascending:
    /\b(?:sorted|ordered|sort|order|in)\b[^.?!]*\b(?:ascending|increasing)\b|\bfrom (?:the )?(?:lowest|smallest|least) to (?:the )?(?:highest|largest|most)\b|\b(?:lowest|smallest) first\b/i,
  alphabetical: /\balphabetical(?:ly)?\b|\b(?:sorted|ordered) (?:from )?A(?:-| to )Z\b/i,
  weekday: /\b(?:as|only|just|name) (?:an? |the )?(?:weekday|day of the week|name of the day)\b/i,
  oneWord:
    /\b(?:in|with|using) (?:only |just )?(?:one|a single) word\b|\bone[- ]word answer\b|(?:[.?!;,]|–|-) ?(?:just |only )?one word(?: only)?,?(?: please)?[.!]?\s*$/i,
  onlyNumber:
    /\b(?:only|just|nothing but) (?:the|a) (?:single |bare |plain )?(?:number|figure|digits)\b(?! of)|\b(?:number only|the number alone|a single (?:number|integer|figure))\b|\b(?:just|only) (?:give|tell) me the (?:number|figure)\b(?! of)|\b(?:in|with) one (?:number|figure)\b|\bas a (?:bare|plain) number\b/i,
  onlyName:
    /\b(?:only|just|nothing but) (?:the|its|their|a) (?:\p{L}+ )?name\b(?: of (?:the|that|this) \p{L}+)?(?=\s*(?:[.,;!?)]|please|$))|\bname only\b|\bthe name alone\b|\b(?:just|only) (?:give|tell) me the name\b(?=\s*(?:[.,;!?)]|please|$))/iu,
  only: /(?:^|[.?!,;:(–]\s*|\b(?:give|tell|answer|reply|respond|return|say|name|write)\b[^.?!]{0,12} )(?:(?:I|we) )?(?:only|just|nothing but) (?:(?:want|need) )?(?:the|its|their) (?!answer|result|facts|data|sql|query|code|table|chart|list|first|last|top|\p{L}+s\b)(\p{L}+)(?=\s*(?:[.,;:!)]|please|$))/iu,
  bare: /\b(?:no|without(?: any)?) (?:explanations?|prose|(?:extra |other |additional |further )?text|commentary|comments|full sentences?)\b|\bnothing (?:else|more)\b(?! than)|\b(?:just|only) the (?:answer|result|values?)\b(?=\s*(?:[.,;!)]|please|$))|\b(?:answer|result|value) only\b/i,
  yesOrNo:
    /\b(?:answer|reply|respond|say|just|only|with)\b[^.?!]*\byes or no\b|\byes or no[.?!)]*\s*$|(?:^|[.?!,:(] ?)yes or no\b[:,?]|\(yes\/no\)|\byes\/no\b/i,
  trueOrFalse:
    /(?:^|[.?!,:(] ?)true or false\b|\b(?:answer|reply|respond|say|just|only|with)\b[^.?!]*\btrue or false\b|\btrue\/false\b/i,
  trueAndFalse: ["true", "false"],
  range: /\bas (?:a |the )?range\b|\bin the form (?:of )?(?:min|from|low\w*) ?[-–] ?(?:max|to|high\w*)/i,
  list: /\bbullet(?:ed|[- ]point)? list\b|\bas (?:a |an )?(?:bullet(?:ed)? |markdown |dashed )?list\b(?! of comma)|\b(?:as|in|with|using|use) (?:bullet(?:ed)?(?: points?|s)|dashes)\b/i,
  numberedList: /\b(?:numbered|ordered|enumerated) list\b|\bas an enumeration\b/i,
  lines:
    /\b(?:one|each) (?:\w+ )?(?:per|on (?:its|a) (?:own|separate|new)) line\b|\bone (?:line )?(?:per|for) (?:line|each)\b|\bper line\b|\b(?:one|a) line (?:each|per \w+)\b|\bon (?:separate|two|three|four|five|\d) lines\b|\bline by line\b/i,
  separated:
    /\b(?:separate[ds]?|delimited)(?: them)?(?: (?:by|with|using))? (?:an? )?#|#[- ](?:separated|delimited)\b(?! (?:values? )?files?)|\bwith #s? (?:in )?between\b/i,
  table:
    /\bas (?:a |an )?(?:\w+ |two-column )?table\b|(?:^|[-–—.,;:(] ?)(?:an? )?(?:\w+ )?table(?:,? please| only)?(?=\s*(?:[.!;,)]|$))|\bmarkdown table\b|\b(?:in|into) (?:a )?(?:small |two-column )?table (?:with|whose)\b/i,
  header:
    /\b(?:with|using|and|whose)(?: the| a| these)? (?:\p{L}+ )?(?:columns?|headers?|headings?|column (?:names|headers|titles)|header (?:row|line))(?: (?:named|called|are|being|is))?(?::\s*| )|\b(?:columns|headers?):\s*/iu,
  limit:
    /(?:^|[.,;:!?(–]\s*|\b(?:in|with|using|within|answer|reply|respond)\s+)(?:(?<below>fewer than|less than|under|below)|at (?:the )?most|no more than|not more than|(?:a )?max(?:imum)?\.?(?: of)?|up to|only|just)?\s*(?<count>\d+|one|two|three|four|five|six|a single)\s(?:short |simple |complete )?(?:(?<words>words?)|(?<lines>lines?)|(?<sentences>sentences?))\b(?! (?:each|per))/i,
  begins: {
    before: /\b(?:start|begin|preface|prefix|open)\b[^.?!"'“”]*\bwith\s*(?:the (?:words?|text|prefix) )?:?\s*$/i,
    behind: /^/,
  },
  like: {
    before:
      /(?:\blike(?: this)?|\bas|\bform(?:at)?(?:ted)?(?: (?:as|like|of|is))?|\bstyle(?: of)?|\bpattern(?: of)?|\btemplate|\bwritten as|\bcomplete(?: the sentence)?)\s*:?\s*$/i,
    behind: /^/,
  },
  answerIn: /\b(?:answer|reply|respond|say it|write|explain|tell me|give)\b[^.?!]*\bin\s+$/i,
};
