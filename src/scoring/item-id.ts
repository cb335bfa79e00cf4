const notAscii = /[^\0-\x7F]/;

/**
 * The id of an item, to compare inputs, labels and predictions: trimmed and in Unicode's composed form (NFC), because macOS
 * decomposes names.
 */
export function itemId(written: string): string {
  const id = written.trim();
  return notAscii.test(id) ? id.normalize('NFC') : id;
}
