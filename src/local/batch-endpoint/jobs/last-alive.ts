import { closeSync, openSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file whose time says when the endpoint was last alive. Jobs found lost at a start are taken to have ended then: when
 * the machine went down on Friday, nobody pays for the weekend.
 */
export class LastAlive {
  private readonly file: string;
  /** When the endpoint before this one last beat, milliseconds; 0 for the first one. */
  readonly previous: number;

  constructor(stateFolder: string) {
    this.file = join(stateFolder, 'alive');
    this.previous = Math.floor(statSync(this.file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    closeSync(openSync(this.file, 'a'));
  }

  touch(now: number): void {
    utimesSync(this.file, now / 1000, now / 1000);
  }
}
