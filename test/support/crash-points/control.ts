import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a point was met. */
export interface Place {
  /** What goes on after a death here: a workflow, or a program outside activities. */
  work: string;
  /** One execution of an activity, whatever its attempt. */
  execution: string;
}

/**
 * `off`: points are noted only. `alone`: each point kills once, and never in an execution in which a neighbour killed. `pairs`: each
 * pair kills at its first point, and then at its second in the same work.
 */
type Mode = 'off' | 'alone' | 'pairs';

const parts = ['met', 'died', 'taken', 'open'] as const;

/** The folder by which a test and its processes agree on what was met and what has killed. Its files outlive a killed process. */
export class CrashControl {
  /** `pairs`: the neighbours, as `first+second`. `chosen`: the points that kill alone; undefined: all. */
  constructor(
    readonly folder: string,
    readonly pairs: readonly string[] = [],
    readonly chosen?: readonly string[],
  ) {
    for (const part of parts) mkdirSync(join(folder, part), { recursive: true });
  }

  set mode(mode: Mode) {
    writeFileSync(join(this.folder, 'mode'), mode);
  }

  get met(): string[] {
    return this.namesIn('met');
  }

  /** The points that have killed; with `pairs`, the pairs that have killed twice. */
  get died(): string[] {
    return this.namesIn('died');
  }

  /** Notes that a point was met. Returns whether the process is to die there. */
  meet(point: string, place: Place): boolean {
    this.claim('met', point);
    const mode = this.contentOf('mode');
    if (mode === 'alone') return this.hitsAlone(point, place.execution);
    return mode === 'pairs' && this.hitsInPair(point, place.work);
  }

  /** Offers the pairs again of which the second point was not met in the work of the first. */
  releaseOpen(): void {
    for (const pair of this.namesIn('open')) {
      rmSync(join(this.folder, 'open', pair));
      rmSync(join(this.folder, 'taken', pair));
    }
  }

  private hitsAlone(point: string, execution: string): boolean {
    if (this.chosen?.includes(point) === false) return false;
    const file = join('taken', fileName(execution));
    const before = this.contentOf(file)?.split('\n') ?? [];
    if (before.some((other) => this.areNeighbours(other, point)) || !this.claim('died', point)) return false;
    writeFileSync(join(this.folder, file), [...before, point].join('\n'));
    return true;
  }

  private areNeighbours(one: string, other: string): boolean {
    return this.pairs.includes(`${one}+${other}`) || this.pairs.includes(`${other}+${one}`);
  }

  private hitsInPair(point: string, work: string): boolean {
    const isDue = (pair: string): boolean =>
      pair.endsWith(`+${point}`) && this.contentOf(join('open', pair)) === work && this.claim('died', pair);
    const due = this.pairs.find(isDue);
    if (due !== undefined) {
      rmSync(join(this.folder, 'open', due));
      return true;
    }
    const pair = this.pairs.find((pair) => pair.startsWith(`${point}+`) && this.claim('taken', pair));
    return pair !== undefined && this.claim('open', pair, work);
  }

  /** Returns whether this call made the file. */
  private claim(part: (typeof parts)[number], name: string, content = ''): boolean {
    try {
      writeFileSync(join(this.folder, part, name), content, { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  private contentOf(file: string): string | undefined {
    try {
      return readFileSync(join(this.folder, file), 'utf8');
    } catch {
      return undefined;
    }
  }

  private namesIn(part: (typeof parts)[number]): string[] {
    return readdirSync(join(this.folder, part)).sort();
  }
}

const fileName = (id: string): string => id.replaceAll('/', '|');
