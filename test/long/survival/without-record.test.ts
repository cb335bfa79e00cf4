import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { placesOf } from '../../../src/local/stack/home/home.ts';
import { bucketsOf } from '../../../src/settings.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { eventually } from '../../support/eventually.ts';

/** Milliseconds within which a command has ended, whatever is missing. */
const promised = 30_000;
/** The same for jobs, with the grace of 30 s after SIGTERM and a busy machine. */
const ended = { withinMs: 90_000 };
const submissions = ['s0-0', 's0-1', 's1-0', 's1-1'];

describe('a campaign without its bucket of records', function () {
  this.timeout(240_000);
  let home: SimulatedHome;
  beforeEach(async () => {
    home = new SimulatedHome({ teams: [2, 2], slots: { g4: 2, p3: 1 }, budgetUsd: 500, unprobed: true });
    await home.open(Object.fromEntries(submissions.map((submission) => [submission, endless])));
    await home.begin();
    const twoRun = async () => (await home.activeJobs()).filter(({ status }) => status === 'RUNNING').length === 2;
    await eventually('two jobs run', twoRun, { withinMs: 60_000 });
  });
  afterEach(() => home.remove());

  const bucket = (): string => join(placesOf(home.folder).s3, bucketsOf({ bucketPrefix: '' }).results);
  const loseBucket = (): void => renameSync(bucket(), `${bucket()}-lost`);
  const findBucket = (): void => renameSync(`${bucket()}-lost`, bucket());

  /** Runs a command that cannot be put on record, in time; returns what it says. */
  async function inTime(...command: [string, ...string[]]): Promise<string> {
    const since = Date.now();
    const said = await home.command(1, ...command);
    assert.ok(Date.now() - since < promised, `${Date.now() - since} ms`);
    return said;
  }
  const runningKeys = async () => (await home.activeJobs()).map(({ runKey }) => runKey);
  const statesOf = async () => (await home.results()).submissions.map(({ submission, state }) => [submission, state]);

  it('is aborted all the same: its jobs end at once, and the record follows', async () => {
    loseBucket();
    const said = await inTime('abort', '--why', 'stop the spending', '--yes');
    assert.match(said, /^The bucket holdout-results does not exist; no command can be put on record\. Who acts: /);
    assert.match(said, /\nunder way: 4; their jobs are ended all the same/);
    assert.match(said, /\ndone: the end of 4 workflows was ordered/);
    assert.match(said, /\nnot yet on record: the campaign carries out the abort once the bucket can be used/);
    await eventually('its jobs have ended', async () => (await runningKeys()).length === 0, ended);
    findBucket();
    await home.command(3, 'watch');
    assert.deepEqual(
      await statesOf(),
      submissions.map((submission) => [submission, 'cancelled']),
    );
    assert.match(await home.command(0, 'status'), /abort.*stop the spending/);
    assert.match(await home.command(0, 'check'), /no breach/);
  });

  it('loses only the submissions that are cancelled', async () => {
    const [kept] = (await runningKeys()).filter((runKey) => runKey.includes('/s1-'));
    assert.ok(kept);
    loseBucket();
    const said = await inTime('cancel', '--team', 't0', '--yes');
    assert.match(said, /\nunder way: 2; their jobs are ended all the same/);
    const ofOthers = async () => (await runningKeys()).every((runKey) => runKey.includes('/s1-'));
    await eventually('the team’s job has ended', ofOthers, ended);
    findBucket();
    await home.until('the team’s are cancelled', ({ counts }) => counts.cancelled === 2);
    assert.ok((await runningKeys()).includes(kept));
  });

  it('has nothing cancelled that only the record could name', async () => {
    loseBucket();
    const running = await runningKeys();
    for (const choice of [
      ['--reason', 'out-of-memory'],
      ['--team', 'nobody'],
      ['--submission', 's9'],
    ]) {
      const said = await home.command(2, 'cancel', ...choice, '--yes');
      assert.match(said, /^holdout: The bucket holdout-results does not exist/, choice.join(' '));
    }
    assert.match(await home.command(2, 'abort'), /^The bucket .*\nunder way: 4;.*\nholdout: Abort it\?/);
    assert.deepEqual(await runningKeys(), running);
  });

  it('is aborted also while S3 does not respond', async () => {
    const s3 = home.pidOf('s3');
    process.kill(s3, 'SIGSTOP');
    try {
      assert.match(await inTime('abort', '--yes'), /^S3 cannot be reached at .*\nunder way: 4;/);
      await eventually('its jobs have ended', async () => (await runningKeys()).length === 0, ended);
    } finally {
      process.kill(s3, 'SIGCONT');
    }
    await home.command(3, 'watch');
    assert.ok((await statesOf()).every(([, state]) => state === 'cancelled'));
  });
});
