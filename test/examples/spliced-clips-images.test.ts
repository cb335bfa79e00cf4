import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programEntries } from '../../examples/spliced-clips/generate/programs.ts';
import { inspectArchive } from '../../src/images/inspect-archive.ts';
import { builtExample, needsExample } from './spliced-clips-rig.ts';

interface Inspected {
  Architecture: string;
  Os: string;
  Layers: string[];
}

async function inspect(archive: string): Promise<Inspected> {
  const { stdout } = await promisify(execFile)('skopeo', ['inspect', `oci-archive:${archive}`]);
  return JSON.parse(stdout) as Inspected;
}

describe('the images of the example', () => {
  needsExample();

  it('are readable by skopeo, share one base layer and pass the gate', async () => {
    const images = join(await builtExample(), 'images');
    const bases = new Set<string | undefined>();
    for (const name of await readdir(images)) {
      const { Architecture, Os, Layers } = await inspect(join(images, name));
      assert.deepEqual([Architecture, Os, Layers.length], ['amd64', 'linux', 2], name);
      const into = await mkdtemp(join(tmpdir(), 'gate-'));
      const limits = { imageBytes: 500 * 2 ** 20, unpackedBytes: 2 ** 30 };
      assert.equal((await inspectArchive(join(images, name), { limits, into })).kind, 'accepted');
      await rm(into, { recursive: true });
      bases.add(Layers[0]);
    }
    assert.equal(bases.size, 1);
  });

  it('contain programs and no labels', async () => {
    const labels = await readFile(join(await builtExample(), 'private/labels.csv'), 'utf8');
    const clips = labels.match(/clip-[0-9a-f]{8}/g) ?? [];
    const programs = programEntries('label-hunter').map(({ content }) => content.toString());
    assert.equal(clips.length, 120);
    assert.ok(programs.every((program) => clips.every((clip) => !program.includes(clip))));
  });
});
