// The files that a query names: those, not the folder, are what its DuckDB may read. Hidden ones are none of them, nor
// what a link leads to outside; a name that the query puts together only while it runs is not seen here, and not read.
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isHidden } from "../../../hidden-files.ts";
import { isInFolder } from "../../../in-folder.ts";
import { exactPath, quoted } from "../database.ts";
import { hasPattern, patternExpression } from "../file-patterns.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";

const MAX_ENTRIES = 20_000; // looked at for a pattern
const MAX_MATCHES = 1_000;
const READS_FILES = /^(read_\w+|parquet_\w+|glob|sniff_csv)$/i;

/** Absolute paths of the files that the texts and quoted names of a query mean, also in the forms of exactPath(). */
export function namedFiles(folder: string, query: string): string[] {
  const tokens = sqlTokens(query);
  const names = tokens.filter(({ kind }) => kind === "string" || kind === "quoted").map(unquoted);
  const paths = names
    .map((name) => readablePath(folder, name) ?? readablePath(folder, name.replace(/\[([*?[])\]/g, "$1")))
    .filter((path) => path !== undefined);
  // glob() opens nothing. To it a file that is called "*" would be a pattern, and what it finds may be hidden.
  const lists = tokens.some(({ text }) => /^"?glob"?$/i.test(text));
  const opened = lists ? paths.filter((path) => !hasPattern(relative(folder, path))) : paths;
  const exact = paths.flatMap((path) => [exactPath(path), join(folder, exactPath(relative(folder, path)))]);
  return [...new Set([...opened, ...exact])];
}

/** The absolute path of a file of the folder that may be read; undefined of any other. */
export function readablePath(folder: string, name: string): string | undefined {
  try {
    const path = resolve(folder, name.startsWith("file:") ? fileURLToPath(name) : name);
    const real = realpathSync(path);
    const isVisible = [path, real].every((one) => isInFolder(one, folder) && !isHidden(relative(folder, one)));
    return isVisible && statSync(real).isFile() ? path : undefined;
  } catch {
    return undefined; // there is no such file
  }
}

/**
 * 'data/*.csv' -> ['data/a.csv', 'data/b.csv']: patterns of files, which DuckDB itself would look up in all of the disk.
 * The name of a file that is there is no pattern.
 */
export function expandPatterns(folder: string, query: string): string {
  const tokens = sqlTokens(query);
  if (!tokens.some(isPattern)) return query;
  const code = tokens.filter(({ kind }) => kind !== "space" && kind !== "comment");
  const files = listFiles(folder);
  const lists = new Map<SqlToken, string>();
  code.forEach((token, i) => {
    const isTable = /^(from|join)$/i.test(code[i - 1]?.text ?? "");
    const isArgument = code[i - 1]?.text === "(" && READS_FILES.test(code[i - 2]?.text ?? "");
    if (!isPattern(token) || !(isTable || isArgument)) return;
    if (readablePath(folder, unquoted(token)) !== undefined) {
      if (isArgument) lists.set(token, quoted(exactPath(unquoted(token))));
      return; // a table of that name
    }
    const found = matches(files, unquoted(token), folder);
    if (found.length === 0) return;
    const list = `[${found.map((file) => quoted(exactPath(file))).join(", ")}]`;
    lists.set(token, isTable ? `${readerOf(found[0]!)}(${list})` : list);
  });
  return sqlText(tokens.map((token) => ({ ...token, text: lists.get(token) ?? token.text })));
}

function isPattern({ kind, text }: SqlToken): boolean {
  return kind === "string" && hasPattern(text);
}

function readerOf(file: string): string {
  if (/\.parquet$/i.test(file)) return "read_parquet";
  return /\.(json|jsonl|ndjson)(\.gz|\.zst)?$/i.test(file) ? "read_json_auto" : "read_csv";
}

function matches(files: readonly string[], pattern: string, folder: string): string[] {
  const bare = relative(folder, resolve(folder, pattern)).replaceAll("\\", "/");
  const expression = patternExpression(bare);
  return expression === undefined ? [] : files.filter((file) => expression.test(file)).slice(0, MAX_MATCHES);
}

/** Relative to the folder, sorted, as those who list it see them. */
function listFiles(folder: string): string[] {
  const files: string[] = [];
  const open = [folder];
  let entries = 0;
  for (let next = open.shift(); next !== undefined && entries < MAX_ENTRIES; next = open.shift()) {
    for (const entry of readdirSync(next, { withFileTypes: true })) {
      if (++entries > MAX_ENTRIES || isHidden(entry.name) || entry.name === "node_modules") continue;
      if (entry.isDirectory()) open.push(join(next, entry.name));
      else if (entry.isFile()) files.push(relative(folder, join(next, entry.name)).replaceAll("\\", "/"));
    }
  }
  return files.sort();
}
