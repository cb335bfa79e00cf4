import { freeMiBAt } from '../../../local/free-space.ts';
import { homeFolder } from '../../../local/stack/home/home.ts';

/** With less, the next records and the next pages of Temporal's database do not fit. */
const leastMiB = 16;

/** The home of the embedded stack if its disk has no room, so that its servers cannot write. */
export function fullHome(): { home: string; freeMiB: number } | undefined {
  if (process.env['HOLDOUT_STACK'] === 'remote') return undefined;
  try {
    const home = homeFolder();
    const freeMiB = freeMiBAt(home);
    return freeMiB < leastMiB ? { home, freeMiB } : undefined;
  } catch {
    // There is none, or it cannot be looked at: whoever asks has another error to report.
    return undefined;
  }
}

/** For `status`. */
export function fullHomeLines(): string[] {
  const full = fullHome();
  if (full === undefined) return [];
  const { home, freeMiB } = full;
  return [`The disk of ${home} has ${freeMiB} MiB free: nothing can be recorded. → free space on this disk`];
}
