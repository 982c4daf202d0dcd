import type { FormWords } from "./form-words.ts";

export const germanForms: FormWords = {
  decimals:
    /(?:\b(?:auf|mit|und)|[,;(–]) ?(?:genau )?(\d|eine|einer|zwei|drei|vier) (?:Nachkommastellen?|Dezimalstellen?|Dezimalen|Stellen? (?:nach|hinter) dem Komma)|\bauf (\d|eine|zwei|drei|vier) Stellen?(?=\s*(?:$|[.,;!?)]|gerundet|genau|mit))/i,
  places: [
    [/\bauf (?:ein |das nächste )?Zehntel\b|\bauf eine Kommastelle\b/i, 1],
    [/\bauf (?:ein |das nächste )?Hundertstel\b|\bauf (?:den )?Cent\b/i, 2],
    [
      /auf (?:die nächste |eine )?ganze Zahl(?:en)?|\b(?:auf|in) (?:ganzen?|vollen?) (?!Hundert|Zehner|Tausend)\p{L}+|\bohne (?:Nachkommastellen?|Dezimalstellen?|Kommastellen?|Komma)|\bals ganze Zahl|\bganzzahlig/iu,
      0,
    ],
  ],
  numerals: { eine: 1, einer: 1, zwei: 2, drei: 3, vier: 4 },
  significant: /(\d+|zwei|drei|vier) (?:signifikante|geltende)\w* (?:Stellen|Ziffern)/i,
  nearest: [
    [/\bauf (?:volle |ganze )?Zehner\b/i, 10],
    [/\bauf (?:volle |ganze )?Hunderter?\b/i, 100],
    [/\bauf (?:volle |ganze )?Tausend(?:er)?\b/i, 1000],
  ],
  percent: /\b(?:in|als) Prozent\w*\b|\b(?:in|als) %|\bmit (?:einem )?(?:%|Prozentzeichen)/i,
  scaled: [
    [/\bin (?:Tausend|Tsd\.?)(?!\p{L})/iu, 1e3, "Tausend"],
    [/\bin (?:Millionen|Mio\.?)(?!\p{L})/iu, 1e6, "Millionen"],
    [/\bin (?:Milliarden|Mrd\.?)(?!\p{L})/iu, 1e9, "Milliarden"],
  ],
  thousands: /Tausendertrenn\p{L}*|Tausender-?(?:punkt|zeichen)\p{L}*|\bTausender(?:stellen)? (?:mit|durch)\b/iu,
  groups: ".",
  decimalComma: /\bDezimalkomma\b|\bKomma als Dezimal/i,
  sign: /[€$£¥][- ]?(?:Zeichen|Symbol)|\b(?:Euro|Dollar|Währungs)-?(?:zeichen|symbol)/i,
  inFront: /\b(?:davor|vorangestellt|vorweg|vorn|vor (?:der Zahl|dem Betrag))\b/i,
  unit: /\bmit (?:der )?Einheit ["'„]?([\p{L}°²³/%]{1,8})/iu,
  upperCase: /(?<!\p{L})(?:in )?Großbuchstaben(?!\p{L})/iu,
  lowerCase: /\bin Kleinbuchstaben\b/i,
  bold: /(?<!\p{L})fett(?:gedruckt\p{L}*|geschrieben\p{L}*|schrift| (?:hervorheben|hervorgehoben|markieren|markiert|drucken|schreiben))?(?=[.,;!?)]|\s*$)|\b(?:schreibe?|setze?|drucke?|markiere?)\b[^.?!]* fett\b|\bin Fettschrift\b/iu,
  quotes: /\bin (?:Anführungszeichen|Anführungsstrichen?|Gänsefüßchen)\b/i,
  brackets: /\bin (?:eckigen? )?Klammern\b/i,
  descending: /\babsteigend\w*/i,
  ascending: /\baufsteigend\w*/i,
  alphabetical: /\balphabetisch\w*|\bvon A bis Z\b/i,
  weekday: /\b(?:als|nur|nur den|nur der|bitte den) Wochentag\b/i,
  oneWord:
    /\b(?:in|mit) (?:nur )?einem (?:einzigen |einzelnen )?Wort\b|\bnur ein Wort\b|(?:[.?!;,]|–|-) ?ein Wort(?: genügt| reicht)?,?(?: bitte)?[.!]?\s*$/i,
  onlyNumber:
    /\b(?:nur|bloß|lediglich) (?:mit )?(?:die|der|eine|einer) (?:reinen? |bloßen? )?(?:Zahl|Ziffer|Nummer)\b(?! de[rs])|\bnichts als die Zahl\b|\bnur Ziffern\b|\b(?:mit|in) einer (?:einzigen )?Zahl\b|\bnur als Zahl\b/i,
  onlyName:
    /\bnur (?:mit )?(?:den|dem|der|die|das)? ?\p{L}*namen?(?: de[rs] \p{L}+)?(?=\s*(?:nennen|angeben)?\s*(?:[.,;!?)]|bitte|$))/iu,
  only: /(?:^|[.?!,;:(–]\s*|\b(?:nenne|antworte|sage?|gib|schreibe?)\b[^.?!]{0,12} )(?:[Bb]itte )?(?:[Nn]ur|[Ll]ediglich|[Bb]loß) (?:mit )?(?:de[nmrs]|die|das) (?!Ergebnis|Antwort|Abfrage|Tabelle|Liste|Code)(\p{Lu}\p{L}+)(?=\s*(?:nennen|angeben|sagen|ausgeben|schreiben|zurückgeben|an|aus)?\s*(?:[.,;!)]|bitte|$))/u,
  bare: /(?<!\p{L})ohne (?:weitere |jede |jegliche )?(?:Erklärung(?:en)?|Erläuterung(?:en)?|Text|Kommentare?)(?!\p{L})|\bsonst nichts\b|\bnur (?:die Antwort|das Ergebnis|den Wert)\b/iu,
  yesOrNo: /\bja oder nein\b|\bja\/nein\b/iu,
  trueOrFalse: /\b(?:wahr oder falsch|richtig oder falsch|wahr\/falsch)\b/i,
  trueAndFalse: ["wahr", "falsch"],
  range: /\bals (?:Bereich|Spanne|Intervall)\b|\bvon[-–]bis\b/i,
  list: /\bStichpunktliste\b|\bals (?:\p{L}+ )?(?:Liste|Aufzählung)\b(?! mit Komma)|\b(?:in|als) Stichpunkten?\b|\bmit (?:Aufzählungs(?:punkten|zeichen)|Spiegelstrichen)/iu,
  numberedList: /\b(?:nummerierte\w*|durchnummerierte\w*) (?:Liste|Aufzählung)\b/i,
  lines:
    /\b(?:eine?[nrs]?|je(?:de[rsmn]?)?|jeweils eine?[rs]?) (?:\p{L}+ )?(?:pro|je|in einer eigenen|auf einer eigenen) Zeile\b|\b(?:eine|je eine) Zeile (?:pro|je) \p{L}+|\bzeilenweise\b|\bauf (?:zwei|drei|vier|fünf|\d) Zeilen\b/iu,
  separated:
    /\b(?:durch|mit|per) #s?n? (?:ge)?trennt?|#[-]?(?:ge)?trennt|\b(?:durch|mit) #s? (?:getrennt|dazwischen)|\btrenne\p{L}*\b[^.?!]*\b(?:durch|mit) #/iu,
  table:
    /\b(?:als|in einer) (?:\p{L}+ )?(?:Markdown[- ]?)?Tabelle\b(?! (?:des|der|gibt|steh))|(?:^|[-–—.,;:(] ?)(?:bitte )?(?:eine )?(?:\p{L}+e )?Tabelle(?:,? bitte)?(?=\s*(?:[.!;,)]|$))/iu,
  header:
    /\b(?:mit|und) (?:den |der |folgenden )?(?:Spalten(?:namen|überschriften|köpfen)?|Überschriften|Kopfzeile|Header)(?: (?:namens|sind|heißen|lauten))?(?::\s*| )|\b(?:Spalten|Kopfzeile|Header):\s*/iu,
  limit:
    /(?:^|[.,;:!?(–]\s*|\b(?:in|mit|aus)\s+)(?:(?<below>weniger als|unter)|höchstens|maximal|max\.?|nicht mehr als|bis zu|nur)?\s*(?<count>\d+|einem|einer|eine|zwei|drei|vier|fünf)\s(?:einzigen |kurzen |kurze |kurzer )*(?:(?<words>W[oö]rt(?:er|ern|e|en)?)|(?<lines>Zeilen?)|(?<sentences>S[aä]tz(?:e|en)?))(?!\p{L})/iu,
  begins: {
    before: /\b(?:beginne?|fange?|starte?|leite)\b[^.?!"„“]*\bmit\s*(?:dem Wort |den Worten |dem Text )?:?\s*$/i,
    behind: /^/,
  },
  like: {
    before:
      /(?:\bwie|\bals|\b(?:in der )?Form(?: von)?|\bim (?:Format|Stil)|\bnach dem Muster|\bMuster|\bVorlage|\bFormat|\bSchreibweise|\b(?:vervollständige|ergänze)(?: den Satz)?)\s*:?\s*$/i,
    behind: /^/,
  },
  answerIn: /\b(?:antworte|antworten Sie|bitte|schreib\w*|sag\w*|gib)\b[^.?!]*\bauf\s+$/i,
};
