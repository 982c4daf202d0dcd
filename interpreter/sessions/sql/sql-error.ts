/** A query that DuckDB refused or that may not run; the message is for whoever wrote it. */
export class SqlError extends Error {
  override readonly name = "SqlError";
}

// Where DuckDB begins to advise on options of its CSV reader, in a dozen lines, or with the paths of its own stack. No \s, which would go over lines: a message
// may quote a file's value, and that be a million of them.
const ADVICE = /\n[ \t]*(?:Possible fixes:|Possible solutions:|The search space used was:|file = |Stack Trace:)/i;
const MAX_CHARACTERS = 1_000;

/** A file of a kind that SQL does not read, with the way out. */
export function unreadKind(name: string): SqlError {
  const isArchive = /\.(?:zip|7z|rar|tar|tgz|bz2|xz|zst)$/i.test(name);
  const way = isArchive ? "unpack it" : "save it as Parquet, CSV, JSON or .xlsx";
  return new SqlError(`${name} is no file that SQL reads: ${way}`);
}

/** DuckDB's message: what is wrong and where, without its advice on reader options and its stack. */
export function sqlError(error: unknown): SqlError {
  const text = (error instanceof Error ? error.message : String(error)).replace("Failed to extract statements: ", "");
  const [, unread] = /No extension found that is capable of reading the file "(.+)"/.exec(text) ?? [];
  if (unread !== undefined) return unreadKind(unread);
  const [head = text] = text.split(ADVICE);
  const place = /\nLINE \d+: .*\n[ \t]*\^/.exec(text)?.[0] ?? "";
  const message = head.includes("\nLINE ") ? head : `${head.trimEnd()}\n${place}`;
  return new SqlError(message.trim().slice(0, MAX_CHARACTERS));
}
