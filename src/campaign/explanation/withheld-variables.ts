import { asciiLine } from '../../safe-text.ts';

/** Entries that are kept, and characters of each: they come from the image. */
const [mostEntries, longestEntry] = [20, 80];

/** What the gate withheld of an image's configuration, as the ledger keeps it and people read it. Pure. */
export function shownWithheld(withheld: readonly string[]): string[] {
  const shown = withheld.slice(0, mostEntries).map((entry) => asciiLine(entry, longestEntry));
  const more = withheld.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
