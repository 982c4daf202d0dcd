// Values as the source of a cell.

/** JSON as TypeScript's: two of its characters end a line there, in the compiler that cells have. */
export function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** `await chart({ table: "cars.csv", mark: "bar" })`: a global of the cells with its options, those that are given. */
export function callText(name: string, options: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return `await ${name}({ ${given.map(([option, value]) => `${option}: ${literal(value)}`).join(", ")} })`;
}
