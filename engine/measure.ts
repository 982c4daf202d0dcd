export interface Measure {
  readonly depth: number; // of objects and arrays within each other
  readonly values: number;
  readonly characters: number; // of all strings and keys, in UTF-16 units
}

/** How much JSON is a value? What is deeper than `maxDepth` is not counted; `depth` then is one more. Needs no stack. */
export function measure(value: unknown, maxDepth: number): Measure {
  let [depth, values, characters] = [0, 0, 0];
  for (let level = [value]; level.length > 0 && depth <= maxDepth; depth++) {
    const next: unknown[] = [];
    for (const part of level) {
      values++;
      if (typeof part === "string") characters += part.length;
      if (typeof part !== "object" || part === null) continue;
      if (!Array.isArray(part)) for (const key of Object.keys(part)) characters += key.length;
      for (const entry of Object.values(part)) next.push(entry);
    }
    level = next;
  }
  return { depth, values, characters };
}
