/** Names that mean nothing to a terminal, to Markdown or to a browser. */
const plain = /^[\w./+-]{1,80}$/;

/** How a message names an entry or a path of an image, after its noun: by its name where that is harmless. */
export function plainName(name: Buffer | string): string {
  const text = name.toString();
  return plain.test(text) ? `"${text}"` : 'with an unusual name';
}
