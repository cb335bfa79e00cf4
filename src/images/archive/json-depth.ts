/** Real manifests and configurations nest about six deep. */
const maxDepth = 64;

const [quote, backslash] = [0x22, 0x5c];
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/** Whether a JSON text is shallow enough for recursive code, which could otherwise exhaust the stack. */
export function isShallow(text: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const byte = text[at] ?? 0;
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (opening.has(byte)) {
      if ((depth += 1) > maxDepth) return false;
    } else if (closing.has(byte)) depth -= 1;
  }
  return true;
}
