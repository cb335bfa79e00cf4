const notAscii = /[^\0-\x7F]/;

/**
 * The id of an item, as inputs, labels and predictions are compared: without blanks around it and in Unicode's composed
 * form (NFC), since a name that comes from macOS is decomposed. Pure.
 */
export function itemId(written: string): string {
  const id = written.trim();
  return notAscii.test(id) ? id.normalize('NFC') : id;
}
