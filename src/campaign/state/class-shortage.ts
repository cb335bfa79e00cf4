/** How long a class that had no machine gets no runs, in ms. */
export const classShortageMs = 30 * 60_000;
