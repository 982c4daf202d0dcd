// Jupyter counts characters in Unicode code points, JavaScript in UTF-16 units: they differ after the first emoji.

/** @returns the UTF-16 offset of a position in code points; positions outside are moved to the nearest end. */
export function toUtf16(text: string, codePoints: number): number {
  let offset = 0;
  for (let i = 0; i < codePoints && offset < text.length; i++) offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  return offset;
}

/** @returns the position in code points of a UTF-16 offset. */
export function toCodePoint(text: string, utf16: number): number {
  let position = 0;
  for (let offset = 0; offset < utf16 && offset < text.length; position++) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return position;
}
