// Colours (SGR), line breaks, tabs and a progress bar's returns do no harm; all else that moves, hides, copies or answers is shown as a character.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROLS = /\u001b\[[0-9;:]*m|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const FIRST_PICTURE = 0x2400; // Unicode's pictures of control characters, in their order

/** Text of anybody's, as it may go to a terminal. */
export function forTerminal(text: string): string {
  return text.replace(CONTROLS, (found) => {
    if (found.length > 1) return found; // a colour
    const code = found.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(FIRST_PICTURE + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}
