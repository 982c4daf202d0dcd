/** A query that DuckDB refused or that may not run; the message is for whoever wrote it. */
export class SqlError extends Error {
  override readonly name = "SqlError";
}

// Where DuckDB begins to advise on options of its CSV reader, in a dozen lines, or with the paths of its own stack. No \s, which would go over lines: a message
// may quote a file's value, and that be a million of them.
const ADVICE = /\n[ \t]*(?:Possible fixes:|Possible solutions:|The search space used was:|file = |Stack Trace:)/i;
const MAX_CHARACTERS = 1_000;

/** DuckDB's message: what is wrong and where, without its advice on reader options and its stack. */
export function sqlError(error: unknown): SqlError {
  const text = (error instanceof Error ? error.message : String(error)).replace("Failed to extract statements: ", "");
  const [head = text] = text.split(ADVICE);
  const place = /\nLINE \d+: .*\n[ \t]*\^/.exec(text)?.[0] ?? "";
  const message = head.includes("\nLINE ") ? head : `${head.trimEnd()}\n${place}`;
  return new SqlError(message.trim().slice(0, MAX_CHARACTERS));
}
