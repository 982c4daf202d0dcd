// Keys that stand twice in one JSON object. The grammar allows it, and no reader says which value is meant.

const MAX_TOLD = 3;

/** In how many objects each key is repeated, by its path from a row: "a", "b.x". */
export function repeatedKeys(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const open: { keys: Set<string> | undefined; repeated: Set<string>; name: string; last: string }[] = []; // no keys: a list
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    const own = open.at(-1);
    if (sign === '"') {
      const end = endOfText(text, at);
      if (isKey && own?.keys) {
        own.last = text.slice(at + 1, end);
        if (own.keys.has(own.last)) own.repeated.add(own.last);
        own.keys.add(own.last);
      }
      isKey = false;
      at = end;
    } else if (sign === "{" || sign === "[") {
      const name = own === undefined ? "" : own.keys ? [own.name, own.last].filter(Boolean).join(".") : own.name;
      open.push({ keys: sign === "{" ? new Set() : undefined, repeated: new Set(), name, last: "" });
      isKey = sign === "{";
    } else if (sign === "}" || sign === "]") {
      for (const key of own?.repeated ?? []) {
        const path = own!.name === "" ? key : `${own!.name}.${key}`;
        counts.set(path, (counts.get(path) ?? 0) + 1);
      }
      open.pop();
      isKey = false;
    } else if (sign === ",") isKey = own?.keys !== undefined;
  }
  return counts;
}

function endOfText(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
}

/** Of their values DuckDB takes the first. */
export function repeatedKeysNotes(text: string): string[] {
  const counts = repeatedKeys(text);
  const all = [...counts].sort(([, a], [, b]) => b - a);
  const told = all.slice(0, MAX_TOLD).map(([key, count]) => `${key} (${count} ${count === 1 ? "time" : "times"})`);
  const more = all.length > MAX_TOLD ? ` and ${all.length - MAX_TOLD} more` : "";
  return all.length === 0
    ? []
    : [`objects have the same key twice: ${told.join(", ")}${more}; the first of their values is read`];
}
