import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import type { ContainerEngine } from '../../../src/runner/sandbox/engine.ts';
import { runPathsOf } from '../../../src/runner/sandbox/run-paths.ts';
import { makeWritableRoot } from '../../../src/runner/sandbox/writable-root.ts';

describe('the container that lends its files to a writable root', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'holdout-base-'));
  after(() => rmSync(scratch, { recursive: true }));

  it('has no network, no volumes and no program, and comes from no registry', async () => {
    const place = runPathsOf({ scratch, jobId: 'job' });
    mkdirSync(place.folder, { recursive: true });
    const created: string[][] = [];
    const create = (args: string[]) => {
      created.push(args);
      return Promise.resolve({ refusal: 'no command specified' });
    };
    const refused = await makeWritableRoot({
      engine: { name: 'podman', create } as unknown as ContainerEngine,
      image: {
        id: 'image',
        bytes: 1,
        environment: [],
        workingDirectory: '',
        entryPoint: [],
        command: [],
        volumes: [],
        layers: [],
      },
      place,
      spec: {} as RunSpec,
    });
    assert.equal(refused?.cause, 'no-command');
    assert.deepEqual(created, [
      [
        `--name=${place.base}`,
        '--pull=never',
        '--network=none',
        '--image-volume=ignore',
        '--label=io.containers.autoupdate=disabled',
        'image',
        'never-started',
      ],
    ]);
  });
});
