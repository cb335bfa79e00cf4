import { statfsSync } from 'node:fs';

/** Whether the disk of a folder has room for one more run. A full disk would end every run as a platform fault. */
export class DiskRoom {
  /** `neededMiB`: 0 if the disk is not watched. */
  constructor(
    private readonly folder: string,
    private readonly neededMiB: number,
  ) {}

  /** Why no job starts now, in words; undefined if there is room. */
  get shortage(): string | undefined {
    if (this.neededMiB === 0) return undefined;
    const { bavail, bsize } = statfsSync(this.folder);
    if ((bavail * bsize) / 2 ** 20 >= this.neededMiB) return undefined;
    // Without the free space itself, which changes all the time: every other text is reported anew.
    return `The disk of ${this.folder} has less than ${this.neededMiB} MiB free. Jobs start by themselves once it has more.`;
  }
}
