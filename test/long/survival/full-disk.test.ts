import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { SmallDisk } from '../../support/chaos/small-disk.ts';
import { eventually } from '../../support/eventually.ts';

describe('a campaign whose disk has no byte left', function () {
  this.timeout(240_000);
  const disk = new SmallDisk();
  const home = disk.holding(
    () => new SimulatedHome({ teams: [1, 1], slots: { g4: 1, p3: 1 }, budgetUsd: 500, unprobed: true }),
  );
  after(async () => {
    disk.free();
    await home.stack?.close();
    await home.remove();
    disk.remove();
  });

  it('waits, every command says why, and it goes on by itself once there is room', async () => {
    await home.open({ 's0-0': endless, 's1-0': endless });
    await home.begin();
    await home.until('one runs', ({ counts }) => counts.running === 1);
    await disk.fill();
    assert.match(
      await home.command(0, 'status'),
      /^The disk of \S.* has 0 MiB free: nothing can be recorded\. → free space/,
    );
    const full = /^holdout: The disk of \S.* has 0 MiB free: .*\n {2}→ Free space on this disk: campaigns continue/m;
    for (const command of ['pause', 'resume']) assert.match(await home.command(1, command), full);
    disk.free();
    await home.behaveNow({});
    await eventually('it responds', async () => (await home.run('watch', home.campaign)).status === 0, {
      withinMs: 120_000,
    });
    const states = (await home.results()).submissions.map(({ state, runs }) => [state, runs.length]);
    assert.deepEqual(states, [
      ['finished', 1],
      ['finished', 1],
    ]);
    assert.match(await home.command(0, 'check'), /no breach/);
  });
});

describe('a campaign whose disk fills up', function () {
  this.timeout(240_000);
  const home = new SimulatedHome({ teams: [1, 1, 1], slots: { g4: 1, p3: 1 }, budgetUsd: 500, unprobed: true });
  const mount = (...args: string[]): Buffer => execFileSync('mount', [...args, home.folder]);
  before(() => mount('-t', 'tmpfs', '-o', 'size=4g,mode=0700', 'holdout-test'));
  after(async () => {
    await home.stack?.close();
    execFileSync('umount', ['--lazy', home.folder]);
    await home.remove();
  });

  it('waits, says why and what to do, and goes on by itself once there is room', async () => {
    await home.open({ 's0-0': endless, 's1-0': endless, 's2-0': endless });
    await home.begin();
    await home.until('one runs', ({ counts }) => counts.running === 1);
    await eventually('its job runs', async () => (await home.activeJobs())[0]?.status === 'RUNNING');
    mount('-o', 'remount,size=1g');
    await home.behaveNow({});
    await home.until(
      'the running job has ended, the next waits',
      ({ counts }) => counts.finished === 1 && counts.running === 1,
    );
    let status = '';
    const isSaid = async (): Promise<boolean> => (status = await home.command(0, 'status')).includes('LOCAL:DISK_FULL');
    await eventually('status says it', isSaid, { withinMs: 60_000 });
    assert.match(
      status,
      /g4: 1 job waits for a machine since .*: LOCAL:DISK_FULL - The disk of \S.* has less than 2048 MiB free\..* → free space on this disk/,
    );
    assert.equal((await home.progress()).hold, null);
    mount('-o', 'remount,size=4g');
    await home.command(0, 'watch');
    const states = (await home.results()).submissions.map(({ state, runs }) => [state, runs.length]);
    assert.deepEqual(states, [
      ['finished', 1],
      ['finished', 1],
      ['finished', 1],
    ]);
    assert.match(await home.command(0, 'check'), /no breach/);
  });
});
