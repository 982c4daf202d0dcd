// How many values a JSON text holds: parsed, each takes up to 60 bytes of memory, whatever its text takes.
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const BEFORE_VALUES = new Set([0x2c, 0x3a, 0x5b, 0x7b]); // , : [ {

/** Told without parsing, which would keep them all. Texts count once, however long. */
export function hasMoreValues(json: Buffer, max: number): boolean {
  if (json.length < max) return false;
  let values = 1;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) at = endOfText(json, at);
    else if (BEFORE_VALUES.has(byte) && ++values > max) return true;
  }
  return false;
}

/** The closing quote: one with an even number of backslashes before it. */
function endOfText(json: Buffer, start: number): number {
  for (let end = json.indexOf(QUOTE, start + 1); end >= 0; end = json.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}
