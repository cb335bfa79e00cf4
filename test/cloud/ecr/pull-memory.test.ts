import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { largeArchive } from '../../../bench/support/large-archive.ts';
import { PullRig } from '../../../bench/support/pull-rig.ts';

/** Well above the bound, so that a worker that holds an archive in memory fails. */
const archiveBytes = 2 * 2 ** 30;
const mostBytes = 300e6;

/** `npm run bench -- pull` also measures compressed layers, and four copies at once. */
(existsSync('/usr/bin/time') ? describe : describe.skip)(
  'the memory of a worker that copies a large image',
  function () {
    this.timeout(600_000);
    let folder: string;
    let rig: PullRig;
    before(async () => {
      Runtime.install({ logger: new DefaultLogger('ERROR') });
      folder = mkdtempSync(join(tmpdir(), 'holdout-pull-'));
      rig = await PullRig.start(folder);
    });
    after(async () => {
      await rig.stop();
      rmSync(folder, { recursive: true });
    });

    it('stays below 300 MB with an archive of 2 GiB, by /usr/bin/time', async () => {
      const archive = await largeArchive(folder, 'plain', archiveBytes);
      const megabytes = statSync(archive).size / 1e6;
      assert.ok(megabytes > 2_000, `${megabytes} MB`);
      const { peakMiB, timeMiB, diskMB } = await rig.cost(archive, ['large']);
      const bytes = Math.max(peakMiB, timeMiB) * 2 ** 20;
      assert.ok(bytes > 50e6 && bytes < mostBytes, `${bytes} bytes, ${diskMB} MB on disk`);
      assert.ok(diskMB < 3 * megabytes, `${diskMB} MB on disk of an archive of ${megabytes} MB`);
    });
  },
);
