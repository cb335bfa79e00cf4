import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadStartUp } from '../../../../src/local/batch-endpoint/start-up-file.ts';
import { openCredentials } from '../../../../src/local/stack/home/credentials.ts';
import { openHome } from '../../../../src/local/stack/home/home.ts';
import { batchPart } from '../../../../src/local/stack/parts/batch.ts';
import { loadRunnerSettings, type EngineSettings } from '../../../../src/runner/runner-settings.ts';

describe('the Batch endpoint of a stack', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-batch-part-'));
  after(() => rmSync(folder, { recursive: true }));

  function startUpOf(engine: EngineSettings) {
    const home = openHome(join(folder, 'home'));
    const { files } = batchPart({
      home,
      ports: { temporal: 1, ui: 2, temporalUi: 5, temporalHttp: 6, temporalMetrics: 7, s3: 3, batch: 4 },
      endpoints: {
        temporal: 'temporal',
        ui: 'ui',
        uiLink: 'ui',
        s3: 'http://127.0.0.1:3',
        batch: 'http://127.0.0.1:4',
      },
      credentials: openCredentials(home),
      engine,
      programs: folder,
    });
    const [content] = Object.values(files ?? {});
    const file = join(folder, 'start-up.json');
    writeFileSync(file, content ?? '');
    return loadStartUp(file);
  }

  it('waits for room on the disk of the home, and on that of Docker, which runners need not know', () => {
    const docker: EngineSettings = { name: 'docker', command: ['docker'], runFlags: [] };
    const { minFreeMiB, otherFolders, environment } = startUpOf({ ...docker, storage: '/var/lib/docker' });
    assert.deepEqual([minFreeMiB, otherFolders], [2048, ['/var/lib/docker']]);
    assert.deepEqual(loadRunnerSettings('job', environment).engine, docker);
    const podman = startUpOf({ name: 'podman', command: ['podman'], runFlags: [] });
    assert.deepEqual([podman.minFreeMiB, podman.otherFolders], [2048, []]);
  });
});
