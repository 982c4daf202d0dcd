import type { FormWords } from "./form-words.ts";

export const spanishForms: FormWords = {
  decimals: /(?:\b(?:a|con|y)|[,;(–]) ?(\d|un|dos|tres|cuatro) (?:decimal(?:es)?|cifras? decimal(?:es)?)\b/i,
  places: [
    [/\ba la décima\b/iu, 1],
    [/\ba la centésima\b/iu, 2],
    [
      /al (?:número )?entero(?: más cercano)?|\bsin (?:decimales|cifras decimales)\b|\bcomo (?:un )?(?:número )?entero\b|\b(?:a|en) \p{L}+ enter[oa]s\b|\ba la unidad\b/iu,
      0,
    ],
  ],
  numerals: { un: 1, dos: 2, tres: 3, cuatro: 4 },
  significant: /(\d+|dos|tres|cuatro) cifras significativas/i,
  nearest: [
    [/\ba la decena\b/i, 10],
    [/\ba la centena\b|\ba (?:las )?centenas\b/i, 100],
    [/\bal millar\b|\ba (?:los )?millares\b/i, 1000],
  ],
  percent:
    /\b(?:en|como) (?:un )?(?:porcentaje|por ?ciento)\b|\ben (?:tanto por ciento|%)|\bcon (?:el )?(?:signo|símbolo)? ?%/iu,
  scaled: [
    [/\ben miles(?! de millones)\b/i, 1e3, "mil"],
    [/\ben millones\b/i, 1e6, "millones"],
  ],
  thousands: /\b(?:separador(?:es)?|puntos?|comas?|espacios?) (?:de|para los|en los) (?:millares|miles)\b/i,
  groups: ".",
  decimalComma: /\bcoma decimal\b|\bcoma como (?:separador|signo) decimal/i,
  sign: /\b(?:símbolo|signo) (?:de[l]? )?(?:[€$£¥]|euros?|dólar|moneda)/iu,
  inFront: /(?<!\p{L})(?:delante|antes (?:del? )?(?:número|importe|la cifra|la cantidad))(?!\p{L})/iu,
  unit: /\bcon la unidad ["'«]?([\p{L}°²³/%]{1,8})/iu,
  upperCase: /\ben (?:letras )?mayúsculas/i,
  lowerCase: /\ben (?:letras )?minúsculas/i,
  bold: /\ben negritas?\b/i,
  quotes: /\bentre comillas\b/i,
  brackets: /\bentre corchetes\b/i,
  descending: /\bdescendente\w*|de mayor a menor/i,
  ascending: /\bascendente\w*|de menor a mayor/i,
  alphabetical: /\balfabétic\w*|\bde la A a la Z\b/iu,
  weekday: /(?<!\p{L})(?:como|s[oó]lo|solamente|[uú]nicamente)(?: con)? (?:el )?día de la semana\b/iu,
  oneWord: /\b(?:en|con) una (?:sola )?palabra\b|(?:[.?!;,]|–|-) ?una (?:sola )?palabra,?(?: por favor)?[.!]?\s*$/i,
  onlyNumber:
    /(?<!\p{L})(?:s[oó]l[oa](?:mente)?|[uú]nicamente|nada más que) (?:con )?(?:el|un|la) (?:solo )?(?:número|cifra)(?!\p{L})(?! de)|\bcon un (?:solo|único) número(?!\p{L})(?! de)/iu,
  onlyName:
    /(?<!\p{L})(?:s[oó]l[oa](?:mente)?|[uú]nicamente|nada más que) (?:con )?el nombre(?: del? (?:la )?\p{L}+)?(?=\s*(?:[.,;!?)]|por favor|$))/iu,
  only: /(?:^|[.?!,;:(–]\s*|(?<!\p{L})(?:responde|contesta|di|dime|indica|da|dame|escribe)(?!\p{L})[^.?!]{0,12} )(?:s[oó]l[oa](?:mente)?|[uú]nicamente|nada más que) (?:con )?(?:el|la) (?!respuesta|resultado|consulta|tabla|lista|código|dato)(\p{L}+)(?=\s*(?:[.,;!)]|por favor|$))/iu,
  bare: /\bsin (?:más )?(?:explicaci(?:ón|ones)|texto|comentarios?)(?!\p{L})|\bnada más(?!\p{L})(?! que)|(?<!\p{L})s[oó]lo (?:la respuesta|el resultado|el valor)(?!\p{L})/iu,
  yesOrNo: /(?<!\p{L})sí o no(?!\p{L})|(?<!\p{L})sí\/no(?!\p{L})/iu,
  trueOrFalse: /(?<!\p{L})(?:verdadero o falso|cierto o falso)(?!\p{L})/iu,
  trueAndFalse: ["verdadero", "falso"],
  range: /\bcomo (?:un )?(?:rango|intervalo)\b/i,
  list: /\b(?:como|en) (?:una )?lista\b(?! separada)|\b(?:con|en) (?:viñetas|guiones)\b/i,
  numberedList: /\blista numerada/i,
  lines: /\b(?:uno|una|una? \p{L}+|cada \p{L}+) (?:por|en (?:una|su propia)) línea\b|\buna línea por \p{L}+/iu,
  separated:
    /\b(?:sep[aá]ra\p{L}*|divid\p{L}*|un(?:e|idos|idas)) (?:por|con|mediante) (?:un |una )?#|\bcon #s? entre\b/iu,
  table:
    /\b(?:como|en) (?:una )?(?:pequeña )?tabla(?: (?:de )?Markdown)?(?!\p{L})|(?:^|[-–—.,;:(] ?)(?:una )?tabla(?:,? por favor)?(?=\s*(?:[.!;,)]|$))/iu,
  header:
    /\b(?:con|y) (?:las? |los |el |estas )?(?:columnas?|encabezados?|cabeceras?)(?: (?:llamad[ao]s|de nombre|son))?(?::\s*| )|\b(?:columnas|encabezados?|cabecera):\s*/iu,
  limit:
    /(?:^|[.,;:!?(¿–]\s*|\b(?:en|con)\s+)(?:(?<below>menos de)|como máximo|máximo(?: de)?|a lo sumo|no más de|hasta|sólo|solo)?\s*(?<count>\d+|una sola|un solo|una|un|dos|tres|cuatro|cinco)\s(?:(?<words>palabras?)|(?<lines>líneas?)|(?<sentences>frases?|oraci(?:ón|ones)))(?!\p{L})(?! por)/iu,
  begins: {
    before:
      /\b(?:empieza|empiece|comienza|comience|inicia|encabeza)\b[^.?!"«“]*\b(?:con|por)\s*(?:la palabra |el texto |las palabras )?:?\s*$/i,
    behind: /^/,
  },
  like: {
    before:
      /(?:\bcomo|\b(?:en |con )?(?:el )?formato|\bforma(?: de)?|\bmodelo|\bplantilla|\bestilo|\b(?:completa|rellena)(?: la frase| la oración)?)\s*:?\s*$/iu,
    behind: /^/,
  },
  answerIn: /\b(?:resp[oó]nd\p{L}*|cont[eé]st\p{L}*|escr[ií]b\p{L}*|d[ií]\p{L}{0,4}|dame)(?!\p{L})[^.?!]*\ben\s+$/iu,
};
