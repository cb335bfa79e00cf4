import { closeSync, openSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file whose modification time is the last time the endpoint was alive. Jobs found lost at a start count as ended then: if
 * the machine crashes on Friday, the weekend is not billed.
 */
export class LastAlive {
  private readonly file: string;
  /** When the previous endpoint was last alive, in milliseconds; 0 for the first endpoint. */
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
