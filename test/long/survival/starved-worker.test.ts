import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { placesOf } from '../../../src/local/stack/home/home.ts';
import { endless, quick, SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { programsWithWorkerIn } from '../../support/campaigns/programs-with-batch-at.ts';
import { eventually } from '../../support/eventually.ts';

describe('a campaign whose worker has too little', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), 'holdout-starved-'));
  const home = new SimulatedHome({ teams: [1, 1, 1, 1], slots: { g4: 2, p3: 1 }, budgetUsd: 500, unprobed: true });
  let programs: string;
  before(async () => {
    programs = programsWithWorkerIn({ HOG: folder }, hog);
    await home.open({ 's0-0': endless, 's1-0': quick, 's2-0': quick, 's3-0': quick }, { programs });
  });
  after(async () => {
    await home.remove();
    for (const one of [folder, programs]) rmSync(one, { recursive: true, force: true });
  });

  it('memory, then processor, loses nothing and runs nothing twice', async () => {
    await home.begin();
    await eventually('a job runs', async () => (await home.activeJobs()).some(({ status }) => status === 'RUNNING'));
    const first = home.pidOf('worker');
    writeFileSync(join(folder, `${first}`), '');
    await eventually('the worker has died of a full heap and runs again', () => home.pidOf('worker') !== first);
    assert.match(readFileSync(join(placesOf(home.folder).logs, 'worker.log'), 'utf8'), /JavaScript heap out of memory/);
    const throttled = await throttle(home.pidOf('worker'), 45_000);
    assert.ok(throttled > 100, `${throttled} pauses`);
    await home.behaveNow({});
    await home.command(0, 'watch');
    const found = (await home.results()).submissions.map(({ state, runs }) => [state, runs.length]);
    assert.deepEqual(
      found,
      [1, 2, 3, 4].map(() => ['finished', 1]),
    );
    assert.match(await home.command(0, 'check'), /no breach/);
  });
});

/** Part of the worker: fills its heap once a file with its pid is in the folder HOG. */
const hog = `
import { existsSync } from 'node:fs';
const kept = [];
const watch = setInterval(() => {
  while (existsSync(\`\${process.env.HOG}/\${process.pid}\`)) kept.push(Array.from({ length: 100_000 }, () => ({})));
}, 200);
watch.unref();
`;

/** Leaves a process a twentieth of the time for so long, as cpulimit does. Returns how often it was paused. */
async function throttle(pid: number, forMs: number): Promise<number> {
  const until = Date.now() + forMs;
  let pauses = 0;
  try {
    for (; Date.now() < until; pauses += 1) {
      process.kill(pid, 'SIGSTOP');
      await delay(190);
      process.kill(pid, 'SIGCONT');
      await delay(10);
    }
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  return pauses;
}
