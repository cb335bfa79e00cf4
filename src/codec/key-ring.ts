import { existsSync, statSync } from 'node:fs';
import { campaignOf } from '../ids.ts';
import type { Settings } from '../settings.ts';
import { readKeyFile, type KeyFile } from './key-file.ts';

/** Milliseconds between two looks at the file for an unknown key, so that foreign payloads do not keep a worker reading. */
const lookEvery = 1_000;

/** The keys of one process. Reads the file again when a payload names a key that was added since. */
export class KeyRing {
  private content: KeyFile;
  private lookedAt = performance.now();
  private changedAt: number;

  /** Throws CODEC_KEYS_UNREADABLE. */
  constructor(readonly file: string) {
    // Before it is read: a change in between is seen at the next look.
    this.changedAt = existsSync(file) ? changeOf(file) : 0;
    this.content = readKeyFile(file);
  }

  /** The key that seals. */
  get current(): { id: string; key: Buffer } {
    const { current: id, keys } = this.content;
    const key = keys.get(id);
    if (key === undefined) throw new RangeError(`there is no key ${id}`);
    return { id, key };
  }

  /** Every key by its id. */
  get all(): ReadonlyMap<string, Buffer> {
    return this.content.keys;
  }

  find(id: string): Buffer | undefined {
    const known = this.content.keys.get(id);
    if (known !== undefined || !this.mayLook()) return known;
    this.reload();
    return this.content.keys.get(id);
  }

  /** Whether a workflow belongs to a campaign from before its payloads were sealed. */
  acceptsPlain(workflowId: string | undefined): boolean {
    const campaign = workflowId === undefined ? undefined : campaignOf(workflowId);
    return campaign !== undefined && this.content.plainCampaigns.has(campaign);
  }

  private mayLook(): boolean {
    // The clock of the machine may be set back.
    if (performance.now() - this.lookedAt < lookEvery) return false;
    this.lookedAt = performance.now();
    return true;
  }

  /** A file that cannot be read at this moment changes nothing. */
  private reload(): void {
    try {
      const changed = changeOf(this.file);
      if (changed === this.changedAt) return;
      this.content = readKeyFile(this.file);
      this.changedAt = changed;
    } catch {
      // The next unknown key looks again.
    }
  }
}

const changeOf = (file: string): number => statSync(file).mtimeMs;

/** The keys that the settings name. Throws CODEC_KEYS_UNREADABLE. */
export const keysOf = ({ codecKeys }: Pick<Settings, 'codecKeys'>): KeyRing | undefined =>
  codecKeys === undefined ? undefined : new KeyRing(codecKeys);
