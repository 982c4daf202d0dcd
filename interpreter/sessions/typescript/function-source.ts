// The source of a function, as `toString()` gives it, by the names that the user wrote: the compiler's own mean nothing elsewhere.
import { RESERVED } from "./module-scope.ts";

const NAME = "([\\p{ID_Continue}$\\u200c\\u200d]+)";
// What a module's names and words are compiled to: compiler/references.ts.
const COMPILED: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`${RESERVED}scope\\.asWritten\\(${NAME}\\);\\s*`, "gu"), ""],
  [new RegExp(`${RESERVED}scope\\.import\\(`, "gu"), "import("],
  [new RegExp(`${RESERVED}scope\\.meta\\b`, "gu"), "import.meta"],
  [new RegExp(`${RESERVED}of_${NAME}\\.(?:get\\(\\)|value\\b)`, "gu"), "$1"],
  [new RegExp(`\\(0, ${RESERVED}import\\d+\\.(?!default\\b)${NAME}\\)`, "gu"), "$1"],
  [new RegExp(`${RESERVED}import\\d+\\.(?!default\\b)${NAME}`, "gu"), "$1"],
];

export function showSourcesAsWritten(): void {
  Function.prototype.toString = new Proxy(Function.prototype.toString, {
    apply(original, fn, args) {
      const source: string = Reflect.apply(original, fn, args);
      if (!source.includes(RESERVED)) return source;
      return COMPILED.reduce((text, [compiled, written]) => text.replace(compiled, written), source);
    },
  });
}
