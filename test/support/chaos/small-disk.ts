import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';

const fullSizeMiB = 4_096;

/** A disk of its own for a home, which can be full for a while. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdout-disk-'));

  constructor() {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${fullSizeMiB}m,mode=0755`, 'holdout-chaos', this.folder]);
  }

  /** Takes all free blocks away; tries again where something was written meanwhile. */
  async fill(): Promise<void> {
    await eventually('the disk is full', () => {
      const { blocks, bfree, bsize } = statfsSync(this.folder);
      this.resize(`${(blocks - bfree) * bsize}`);
      return true;
    });
  }

  free(): void {
    this.resize(`${fullSizeMiB}m`);
  }

  /** What is made has its temporary folder on this disk. */
  holding<Made>(make: () => Made): Made {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = this.folder;
    try {
      return make();
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  }

  remove(): void {
    execFileSync('umount', ['--lazy', this.folder]);
    rmdirSync(this.folder);
  }

  private resize(size: string): void {
    execFileSync('mount', ['-o', `remount,size=${size}`, this.folder], { stdio: 'pipe' });
  }
}
