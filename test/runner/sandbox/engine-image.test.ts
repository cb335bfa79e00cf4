import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEngineImage } from '../../../src/runner/sandbox/engine-image.ts';

const record = JSON.stringify([{ Id: 'one', Size: 1, Config: {}, RootFS: { Layers: ['sha256:1'] } }]);

describe('findEngineImage', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdout-engine-image-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** An engine that fails `failures` times with these words, then has the image; and how often it was called. */
  function engine(failures: number, words: string): { command: string[]; calls: () => number } {
    const [program, calls] = [join(folder, 'engine'), join(folder, 'calls')];
    writeFileSync(join(folder, 'words'), words);
    writeFileSync(join(folder, 'record'), record);
    writeFileSync(
      program,
      `#!/bin/sh\necho call >>'${calls}'\n[ "$(wc -l <'${calls}')" -gt ${failures} ] && exec cat '${folder}/record'\necho '[]'\ncat '${folder}/words' >&2\nexit 125\n`,
    );
    chmodSync(program, 0o755);
    return { command: [program], calls: () => readFileSync(calls, 'utf8').trim().split('\n').length };
  }

  // What podman 4.3.1 said while other processes removed their own images.
  for (const words of [
    'Error: reading image "0ca4e8": locating image with ID "0ca4e8": image not known',
    'Error: locating item named "manifest" for image with ID "4fe0" (consider removing the image to resolve the issue): file does not exist',
    'Error: reading data blob size "manifest" for "01b6": size is not known',
    'Error response from daemon: layer does not exist',
  ]) {
    it(`asks again after: ${words}`, async () => {
      const { command } = engine(2, words);
      assert.deepEqual((await findEngineImage(command, 'localhost/one:1'))?.layers, ['sha256:1']);
    });
  }

  for (const words of [
    'Error: inspecting object: localhost/one:1: image not known',
    'Error: localhost/one:1: image not known',
    'Error: error inspecting object: no such image localhost/one:1',
    'Error response from daemon: No such image: localhost/one:1',
    'Error: No such image: localhost/one:1',
  ]) {
    it(`asks once and has no image after: ${words}`, async () => {
      const { command, calls } = engine(100, words);
      assert.equal(await findEngineImage(command, 'localhost/one:1'), undefined);
      assert.equal(calls(), 1);
    });
  }

  it('throws the engine’s words if it goes on failing', async () => {
    const { command } = engine(100, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.');
    await assert.rejects(
      findEngineImage(command, 'localhost/one:1'),
      /image inspect failed: Cannot connect to the Docker daemon/,
    );
  });

  it('has no image that the podman of this host does not have', async () => {
    const podman = [
      'podman',
      '--root',
      join(folder, 'root'),
      '--runroot',
      join(folder, 'runroot'),
      '--storage-driver=vfs',
    ];
    assert.equal(await findEngineImage(podman, 'localhost/never:1'), undefined);
    execFileSync('podman', [...podman.slice(1), 'import', '-', 'localhost/one:1'], {
      input: Buffer.alloc(10_240),
      stdio: 'pipe',
    });
    assert.equal((await findEngineImage(podman, 'localhost/one:1'))?.layers.length, 1);
  });
});
