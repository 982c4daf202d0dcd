import { EngineError } from "../errors.ts";

/** Between a model's name and its adapters', and between them: `base:one`, `base:one+other`. */
const BEFORE = ":";
const BETWEEN = "+";

/** What clients ask for to have these adapters. */
export function nameWithLoras(model: string, loras: readonly string[]): string {
  return loras.length === 0 ? model : model + BEFORE + loras.join(BETWEEN);
}

/**
 * The adapters in a name that a client asks for: that of the model, with theirs behind it or without, or an adapter's alone.
 * @param known names of adapters that there are
 * @throws EngineError `model-not-found` for another model's name: its answers would be taken for those of that model
 */
export function lorasIn(asked: string | undefined, served: string, known: readonly string[]): readonly string[] {
  if (asked === undefined || asked === "" || isSame(asked, served)) return [];
  if (known.includes(asked)) return [asked];
  const end = asked.startsWith(served + BEFORE) ? served.length : asked.lastIndexOf(BEFORE);
  const named = asked.slice(end + 1);
  if (end > 0 && isSame(asked.slice(0, end), served)) return known.includes(named) ? [named] : named.split(BETWEEN);
  const names = [served, ...known.map((lora) => nameWithLoras(served, [lora]))].join(", ");
  throw new EngineError("model-not-found", `model: there is no ${JSON.stringify(asked)} here; there is ${names}`, {
    param: "model",
  });
}

/** In any case, and without the place and the ending of a file: people type names. */
function isSame(asked: string, served: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/\.gguf$/, "");
  return [served, served.replace(/^.*[/\\]/, "")].some((name) => plain(name) === plain(asked));
}
