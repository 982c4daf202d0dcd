/** Between a model's name and its adapters', and between them: `base:one`, `base:one+other`. */
const BEFORE = ":";
const BETWEEN = "+";

/** What clients ask for to have these adapters. */
export function nameWithLoras(model: string, loras: readonly string[]): string {
  return loras.length === 0 ? model : model + BEFORE + loras.join(BETWEEN);
}

/**
 * The adapters in a name that a client asks for. Clients may call the model as they like; what stands behind the served name, or is
 * an adapter's, is taken for adapters.
 * @param known names of adapters that there are
 */
export function lorasIn(asked: string | undefined, served: string, known: readonly string[]): readonly string[] {
  if (asked === undefined || asked === served) return [];
  if (known.includes(asked)) return [asked];
  const named = asked.startsWith(served + BEFORE) ? asked.slice(served.length + 1) : asked.split(BEFORE).at(-1)!;
  const loras = known.includes(named) ? [named] : named.split(BETWEEN);
  const isMeant =
    asked.startsWith(served + BEFORE) || (asked.includes(BEFORE) && loras.every((one) => known.includes(one)));
  return isMeant ? loras : [];
}
