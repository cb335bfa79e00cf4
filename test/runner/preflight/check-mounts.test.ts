import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMounts } from '../../../src/runner/preflight/check-mounts.ts';
import type { ContainerEngine } from '../../../src/runner/sandbox/engine.ts';
import { runPathsOf } from '../../../src/runner/sandbox/run-paths.ts';

/** What an engine does with the files that it is to print. */
type Sees = (file: string) => boolean;

describe('the container that looks at the mounts of a run', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'holdout-mounts-'));
  const place = runPathsOf({ scratch, jobId: 'job' });
  const calls: string[][] = [];
  beforeEach(() => {
    calls.length = 0;
    mkdirSync(place.folder, { recursive: true });
  });
  afterEach(() => rmSync(place.folder, { recursive: true }));
  after(() => rmSync(scratch, { recursive: true }));

  /** An engine that prints what its volumes show, as far as it sees them. */
  const engineThat = (sees: Sees): ContainerEngine => {
    const call = (args: string[]) => {
      calls.push(args);
      const volumes = args.flatMap((word) => /^--volume=(.*):\/probe\/([^:/]+)/.exec(word)?.slice(1, 2) ?? []);
      const stdout = volumes.filter(sees).map((folder) => readFileSync(join(folder, 'probe'), 'utf8'));
      return Promise.resolve({ status: 0, stdout: stdout.join(''), stderr: '' });
    };
    return { name: 'podman', call, remove: () => Promise.resolve() } as unknown as ContainerEngine;
  };

  it('sees the inputs, the output and /tmp, and leaves none of them', async () => {
    await checkMounts(
      engineThat(() => true),
      place,
      'runner',
    );
    assert.equal(existsSync(join(place.output, 'probe')), false, 'nothing is mounted any more');
  });

  it('names what the engine does not see', async () => {
    await assert.rejects(
      checkMounts(
        engineThat((folder) => folder !== place.output),
        place,
        'runner',
      ),
      { code: 'MOUNT_NOT_SEEN', message: /output/ },
    );
  });

  it('has no network, no log and nothing that it can write, and is of the runner’s own image alone', async () => {
    await checkMounts(
      engineThat(() => true),
      place,
      'runner',
    );
    const [words = []] = calls;
    const flags = words.filter((word) => word.startsWith('--'));
    assert.deepEqual(flags, [
      '--rm',
      `--name=${place.container}`,
      '--network=none',
      '--pull=never',
      '--log-driver=none',
      `--volume=${place.inputs}:/probe/own-inputs:ro`,
      `--volume=${place.output}:/probe/output:ro`,
      `--volume=${place.temporary}:/probe/temporary:ro`,
      '--entrypoint=cat',
    ]);
  });
});
