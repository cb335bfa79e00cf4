import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  mountDevice,
  mountInputs,
  mountLayer,
  mountOutput,
  mountRoot,
  mountTemporary,
  unmountAll,
} from '../../../src/runner/sandbox/mounts.ts';
import { runPathsOf } from '../../../src/runner/sandbox/run-paths.ts';

describe('the mounts of a run', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdout-mounts-')));
  const place = runPathsOf({ scratch: folder, jobId: 'job' });
  const staged = join(folder, 'staged');

  before(async () => {
    for (const made of [place.folder, staged, join(folder, 'lower'), place.root]) mkdirSync(made, { recursive: true });
    writeFileSync(join(staged, 'a.txt'), 'alpha');
    await mountInputs(place, staged);
    await mountOutput(place, 1 << 20);
    await mountTemporary(place, 1);
    await mountDevice(place, 1);
    await mountLayer(place, 1 << 20, 0);
    for (const name of ['upper', 'work']) mkdirSync(join(place.layer, name));
    await mountRoot(place, join(folder, 'lower'));
  });
  after(async () => {
    await unmountAll(place);
    rmSync(folder, { recursive: true });
  });

  /** The options of a mount point, in its own order: of the mount, not of its file system. */
  const optionsOf = (point: string): string[] => {
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const found = lines.map((line) => line.split(' ')).find((fields) => fields[4] === point);
    return found?.[5]?.split(',') ?? assert.fail(`nothing is mounted at ${point}`);
  };

  for (const name of ['inputs', 'output', 'temporary', 'device', 'layer', 'root'] as const) {
    it(`take no rights and no devices from files: ${name}`, () => {
      const options = optionsOf(place[name]);
      assert.ok(options.includes('nosuid') && options.includes('nodev'), options.join());
    });
  }

  it('are read-only for the inputs, and for nothing else', () => {
    const { inputs, output, temporary, device, layer, root } = place;
    assert.ok(optionsOf(inputs).includes('ro'), optionsOf(inputs).join());
    assert.equal(readFileSync(join(inputs, 'a.txt'), 'utf8'), 'alpha');
    for (const point of [output, temporary, device, layer, root]) assert.ok(optionsOf(point).includes('rw'), point);
  });

  it('hold no programs in the memory of an emulated device', () => {
    assert.ok(optionsOf(place.device).includes('noexec'), optionsOf(place.device).join());
  });

  it('are in files that only root can read', () => {
    for (const file of [place.outputImage, place.layerImage]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
  });

  it('belong to the user of the submission alone, as far as they are for it', () => {
    const [uid, gid] = place.user.split(':').map(Number);
    const { uid: owner, gid: group } = statSync(place.output);
    assert.deepEqual([owner, group], [uid, gid]);
    assert.equal(statSync(place.layer).uid, 0);
  });
});
