import { existsSync } from 'node:fs';
import { freeMiBAt } from '../../free-space.ts';

/** Whether the disks of all folders have room for one more run. A full disk would end every run as a platform fault. */
export class DiskRoom {
  /** `neededMiB`: 0 if the disks are not watched. */
  constructor(
    private readonly folders: readonly string[],
    private readonly neededMiB: number,
  ) {}

  /** Why no job starts now, in words; undefined if there is room. */
  get shortage(): string | undefined {
    if (this.neededMiB === 0) return undefined;
    const full = this.folders.find((folder) => existsSync(folder) && freeMiBAt(folder) < this.neededMiB);
    if (full === undefined) return undefined;
    // Without the free space itself, which changes all the time: every other text is reported anew.
    return `The disk of ${full} has less than ${this.neededMiB} MiB free. Jobs start by themselves once it has more.`;
  }
}
