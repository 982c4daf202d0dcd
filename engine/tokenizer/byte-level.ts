/**
 * GPT-2's alphabet: a printable character for each byte, in which vocabularies are written. Printable bytes stand for
 * themselves, the others for 256 and following. https://github.com/openai/gpt-2/blob/master/src/encoder.py
 */
export const CHARACTER_OF_BYTE: readonly string[] = characterOfByte();

export const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = new Map(
  CHARACTER_OF_BYTE.map((character, byte) => [character, byte]),
);

function characterOfByte(): string[] {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
}
