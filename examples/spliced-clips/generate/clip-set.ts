import { makeClip } from './clip.ts';
import type { Photograph } from './photographs.ts';
import { seededRandom, shuffled, type Random } from './random.ts';
import { y4m } from './y4m.ts';

export interface Clip {
  /** `clip-<8 hex digits>.y4m`; says nothing about the label. */
  name: string;
  /** 1: spliced, 0: original. */
  label: 0 | 1;
  frames: Uint8Array[];
}

/** Clips in order of name, exactly half of them (rounded down) spliced. The same arguments give the same clips. */
export function makeClipSet(photographs: readonly Photograph[], seed: number, count: number): Clip[] {
  const random = seededRandom(seed);
  const labels = Array.from({ length: count }, (_, index): 0 | 1 => (index < Math.floor(count / 2) ? 1 : 0));
  const names = freshNames(count, random).sort();
  return shuffled(labels, random).map((label, index) => {
    const frames = makeClip(photographs, label === 1, random);
    return { name: names[index] ?? '', label, frames };
  });
}

function freshNames(count: number, random: Random): string[] {
  const names = new Set<string>();
  while (names.size < count)
    names.add(
      `clip-${random
        .below(2 ** 32)
        .toString(16)
        .padStart(8, '0')}.y4m`,
    );
  return [...names];
}

/** The clips' files by name. */
export const clipFiles = (clips: readonly Clip[]): { name: string; content: Buffer }[] =>
  clips.map(({ name, frames }) => ({ name, content: y4m(frames) }));

/** labels.csv: the true label of every clip. */
export const labelsCsv = (clips: readonly Clip[]): string =>
  `filename,label\n${clips.map(({ name, label }) => `${name},${label}\n`).join('')}`;
