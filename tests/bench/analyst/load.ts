/** What the checks of bench/analyst take and give; they are JavaScript, so that Node runs them as they are. */
export interface Question {
  id: number;
  part: "work" | "kept" | "looked-at" | "unseen";
  set: string;
  kind: string;
  lang: string;
  ask: string;
  after?: string;
  sql?: string;
  wrong?: string[];
  chart?: { mark: string };
  form?: { json?: string[]; template?: string; tag?: string; decimals?: number } & Record<string, unknown>;
  impossible?: unknown;
  order?: boolean;
  percent?: boolean;
  abs?: boolean;
}

export type Row = (string | number | null)[];

export interface Reference {
  rows: Row[];
  or: Row[][];
  wrong: Row[][];
}

export interface Seen {
  end: string;
  answer: string;
  tables: { rows: Record<string, unknown>[]; limited?: boolean }[];
  chart?: object;
}

interface Bench {
  judge(
    question: Partial<Question>,
    seen: Seen,
    reference: Partial<Reference>,
  ): Promise<{ verdict: string; form?: boolean }>;
  readQuestions(): Question[];
  referenceRows(connection: unknown, question: Question): Promise<Reference>;
  prepareUnseen(folder: string): Promise<{
    folders: Record<string, string>;
    reference: { run(sql: string): Promise<unknown> };
  }>;
  reportLines(results: object[]): string[];
}

export async function loadBench(): Promise<Bench> {
  const files = ["check/judge", "questions", "unseen/prepare", "report"];
  const modules = await Promise.all(
    files.map((file) => import(new URL(`../../../bench/analyst/${file}.mjs`, import.meta.url).href)),
  );
  return Object.assign({}, ...modules);
}
