/** The second of a name is name_2, or the next that is free: in any case, since SQL does not tell cases apart. */
export function uniqueNames(names: readonly string[]): string[] {
  const given = new Set(names.map((name) => name.toLowerCase()));
  const used = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let i = 2; used.has(unique.toLowerCase()) || (unique !== name && given.has(unique.toLowerCase())); i++)
      unique = `${name}_${i}`;
    used.add(unique.toLowerCase());
    return unique;
  });
}
