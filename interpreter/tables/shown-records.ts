// Records as notes show them.

const MAX_SHOWN = 60; // characters

export function filled(fields: readonly string[]): number {
  return fields.filter((field) => field.trim() !== "").length;
}

export function shown(records: readonly { readonly fields: readonly string[] }[]): string {
  const texts = records.map(({ fields }) => fields.filter((field) => field.trim() !== "").join(" "));
  const all = texts
    .filter((text) => text !== "")
    .map((text) => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text));
  return all.length === 0 ? "empty rows" : all.map((text) => JSON.stringify(text)).join(", ");
}
