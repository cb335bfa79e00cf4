import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './endpoint-rig.ts';
import { running } from './running-rig.ts';

function smallDisk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'holdout-test', folder]);
  return folder;
}

describe('the local Batch endpoint on a disk that is nearly full', () => {
  const [disk, other] = [smallDisk(), smallDisk()];
  const rig = running({
    stateFolder: join(disk, 'state'),
    otherFolders: [other],
    minFreeMiB: 32,
    queues: [{ name: 'gpu', slots: 1 }],
  });
  after(() => {
    for (const mounted of [disk, other]) {
      execFileSync('umount', ['--lazy', mounted]);
      rmdirSync(mounted);
    }
  });
  const ballast = join(disk, 'ballast');

  it('starts no job and says why; running jobs go on; jobs start again once there is room', async () => {
    const before = await rig.submit('while [ ! -e "$FOLDER/enough" ]; do sleep 0.05; done');
    await rig.reach(before, 'RUNNING');
    writeFileSync(ballast, Buffer.alloc(40 * 2 ** 20));
    const held = await rig.submit('true');
    const { statusReason } = await eventually('a reason', async () => {
      const job = await rig.describe(held);
      return job.statusReason === undefined ? undefined : job;
    });
    assert.match(
      statusReason ?? '',
      /^LOCAL:DISK_FULL - The disk of \S+state has less than 32 MiB free\. Jobs start by themselves once it has more\.$/,
    );
    assert.equal((await rig.describe(before)).status, 'RUNNING');
    writeFileSync(join(rig.folder, 'enough'), '');
    await rig.reach(before, 'SUCCEEDED');
    assert.equal((await rig.describe(held)).status, 'RUNNABLE');
    rmSync(ballast);
    await rig.reach(held, 'SUCCEEDED');
  });

  it('starts none either while the disk of another folder that jobs write to is nearly full', async () => {
    writeFileSync(join(other, 'ballast'), Buffer.alloc(40 * 2 ** 20));
    const held = await rig.submit('true');
    const reason = await eventually('a reason', async () => (await rig.describe(held)).statusReason);
    assert.ok(reason.startsWith(`LOCAL:DISK_FULL - The disk of ${other} has less than 32 MiB free.`), reason);
    rmSync(join(other, 'ballast'));
    await rig.reach(held, 'SUCCEEDED');
  });

  it('no longer says so once there is room, while the job waits for a slot', async () => {
    const enough = join(rig.folder, 'enough again');
    const first = await rig.submit('while [ ! -e "$FOLDER/enough again" ]; do sleep 0.05; done');
    await rig.reach(first, 'RUNNING');
    const second = await rig.submit('true');
    await rig.reach(second, 'RUNNABLE');
    const reason = async (): Promise<string | undefined> => (await rig.describe(second)).statusReason;
    writeFileSync(ballast, Buffer.alloc(40 * 2 ** 20));
    await eventually('a reason', reason);
    rmSync(ballast);
    await eventually('no reason', async () => ((await reason()) === undefined ? true : undefined));
    assert.equal((await rig.describe(second)).status, 'RUNNABLE');
    writeFileSync(enough, '');
    await rig.reach(second, 'SUCCEEDED');
  });
});
