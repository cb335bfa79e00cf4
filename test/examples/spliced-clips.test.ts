import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeClipSet } from '../../examples/spliced-clips/generate/clip-set.ts';
import { loadPhotographs } from '../../examples/spliced-clips/generate/photographs.ts';
import { y4m } from '../../examples/spliced-clips/generate/y4m.ts';
import { builtExample, byName, needsExample } from './spliced-clips-rig.ts';

describe('the clips of the example', () => {
  needsExample();

  const sets = [
    { clips: 'private/inputs', labels: 'private/labels.csv', count: 120 },
    { clips: 'public/sample', labels: 'public/sample-labels.csv', count: 12 },
  ];
  for (const { clips, labels, count } of sets) {
    it(`are ${count} in ${clips}, each with a label, exactly half of them spliced`, async () => {
      const folder = await builtExample();
      const labelled = byName(await readFile(join(folder, labels), 'utf8'));
      assert.deepEqual([...labelled.keys()], (await readdir(join(folder, clips))).sort());
      assert.equal(labelled.size, count);
      assert.deepEqual(
        [0, 1].map((label) => [...labelled.values()].filter((value) => value === label).length),
        [count / 2, count / 2],
      );
    });
  }

  it('are the same for the same seed and differ for another', () => {
    const photographs = loadPhotographs();
    const bytes = (seed: number): string[] =>
      makeClipSet(photographs, seed, 6).map(
        ({ name, label, frames }) => `${name} ${label} ${y4m(frames).toString('hex')}`,
      );
    assert.deepEqual(bytes(5), bytes(5));
    assert.equal(bytes(5).filter((clip) => bytes(6).includes(clip)).length, 0);
  });

  it('are grey YUV4MPEG2, all with the same header and size, and have numbers as names', async () => {
    const clips = join(await builtExample(), 'private/inputs');
    const header = 'YUV4MPEG2 W64 H64 F25:1 Ip A1:1 Cmono\nFRAME\n';
    for (const name of await readdir(clips)) {
      const clip = await readFile(join(clips, name));
      assert.match(name, /^clip-[0-9a-f]{8}\.y4m$/);
      assert.equal(clip.toString('latin1', 0, header.length), header);
      assert.equal(clip.length, header.length + 8 * 64 * 64 + 7 * 'FRAME\n'.length);
    }
  });

  it('do not reveal their label by their place in the list or their brightness', async () => {
    const folder = await builtExample();
    const labelled = [...byName(await readFile(join(folder, 'private/labels.csv'), 'utf8'))];
    const brightness = labelled.map(async ([name]) => meanOf(await readFile(join(folder, 'private/inputs', name))));
    const labels = labelled.map(([, label]) => label);
    for (const values of [labelled.map((_, place) => place), await Promise.all(brightness)]) {
      const share = shareAbove(values, labels);
      assert.ok(share > 0.38 && share < 0.62, `the spliced clip has the higher value in ${share} of the pairs`);
    }
  });
});

const meanOf = (bytes: Buffer): number => bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length;

/** The share of pairs of a spliced and an unspliced clip in which the spliced one has the higher value; 0.5 is chance. */
function shareAbove(values: number[], labels: number[]): number {
  const of = (label: number): number[] => values.filter((_, index) => labels[index] === label);
  const pairs = of(1).flatMap((spliced) => of(0).map((other) => (spliced > other ? 1 : spliced === other ? 0.5 : 0)));
  return pairs.reduce<number>((sum, above) => sum + above, 0) / pairs.length;
}
