/** The code and the cursor of a request, in code points. A cursor that is missing is at the end. */
export function readCursor({ code, cursor_pos: cursor }: Readonly<Record<string, unknown>>): {
  code: string;
  position: number;
} {
  const text = typeof code === "string" ? code : "";
  return { code: text, position: typeof cursor === "number" && cursor >= 0 ? cursor : text.length };
}
