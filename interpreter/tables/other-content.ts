// Files whose names say text and whose bytes say something else, as a download that ended at a page for logging in.

interface Content {
  readonly begins: string | RegExp; // bytes as Latin-1
  readonly problem: string;
}

const ZIP = "it is a workbook or a zip archive, and no text: call it .xlsx, or unpack it";

const CONTENTS: readonly Content[] = [
  { begins: /^PK.{28}mimetypeapplication\/vnd\.oasis/s, problem: "it is a workbook of OpenDocument: save it as .xlsx" },
  { begins: "PK\x03\x04", problem: ZIP },
  { begins: "PK\x05\x06", problem: ZIP },
  { begins: "\x1f\x8b", problem: "it is compressed by gzip: call it .csv.gz" },
  { begins: "BZh", problem: "it is compressed by bzip2: unpack it" },
  { begins: "\x28\xb5\x2f\xfd", problem: "it is compressed by zstd: unpack it" },
  { begins: "\xfd7zXZ", problem: "it is compressed by xz: unpack it" },
  { begins: "\xd0\xcf\x11\xe0", problem: "it is a workbook of the old kind (.xls): save it as .xlsx" },
  {
    begins: /^(?:\s*(?:%[^\n]*)?\n)*\s*@relation\s/i,
    problem: "it is an ARFF file, as Weka writes them: save it as CSV",
  },
  { begins: /^\$FL[23]/, problem: "it is a file of SPSS: save it as CSV" },
  { begins: "<stata_dta>", problem: "it is a file of Stata: save it as CSV" },
  { begins: "PAR1", problem: "it is a Parquet file: call it .parquet" },
  { begins: "ARROW1", problem: "it is an Arrow file: call it .arrow" },
  { begins: "SQLite format 3", problem: "it is a SQLite database: export its table as CSV" },
  { begins: "%PDF-", problem: "it is a PDF: its tables are not read" },
  {
    begins: /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|table)[\s>]/i,
    problem: "it is a page of HTML, and no table of text: open it in a spreadsheet program and save it as .xlsx",
  },
];

/** What is wrong with a file that should be text, by its first bytes. */
export function otherContent(head: Buffer): string | undefined {
  const text = head.subarray(0, 1_000).toString("latin1");
  return CONTENTS.find(({ begins }) => (typeof begins === "string" ? text.startsWith(begins) : begins.test(text)))
    ?.problem;
}
