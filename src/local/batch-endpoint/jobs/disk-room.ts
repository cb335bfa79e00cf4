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
    const freeMiB = Math.floor((bavail * bsize) / 2 ** 20);
    if (freeMiB >= this.neededMiB) return undefined;
    return `The disk of ${this.folder} has ${freeMiB} MiB free. Jobs start again by themselves once it has ${this.neededMiB} MiB.`;
  }
}
