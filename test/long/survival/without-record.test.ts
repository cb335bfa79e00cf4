import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { submissionWorkflowId } from '../../../src/ids.ts';
import { placesOf } from '../../../src/local/stack/home/home.ts';
import { bucketsOf } from '../../../src/settings.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { eventually } from '../../support/eventually.ts';

/** Milliseconds within which a command has ended, whatever is missing. */
const promised = 30_000;
/** The same for jobs, with the grace of 30 s after SIGTERM and a busy machine. */
const ended = { withinMs: 90_000 };
const submissions = ['s0-0', 's0-1', 's1-0', 's1-1'];

const bucketOf = ({ folder }: SimulatedHome): string =>
  join(placesOf(folder).s3, bucketsOf({ bucketPrefix: '' }).results);
const lost = (home: SimulatedHome): string => `${bucketOf(home)}-lost`;

/** Waits until the log of operators has a command, which the campaign tries again after up to a minute; returns the status. */
async function recorded(home: SimulatedHome, command: RegExp): Promise<string> {
  let status = '';
  const isRecorded = async (): Promise<boolean> => command.test((status = await home.command(0, 'status')));
  await eventually(`${command} is on record`, isRecorded, { withinMs: 90_000, everyMs: 1_000 });
  return status;
}

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

  const loseBucket = (): void => renameSync(bucketOf(home), lost(home));
  const findBucket = (): void => renameSync(lost(home), bucketOf(home));

  /** Runs a command that cannot be put on record, in time; returns what it says. */
  async function inTime(...command: [string, ...string[]]): Promise<string> {
    const since = Date.now();
    const said = await home.command(1, ...command);
    assert.ok(Date.now() - since < promised, `${Date.now() - since} ms`);
    return said;
  }
  const runningKeys = async () => (await home.activeJobs()).map(({ runKey }) => runKey);
  /** The submissions whose workflows were asked to cancel. */
  async function cancelled(): Promise<string[]> {
    const asked: string[] = [];
    for (const submission of submissions) {
      const { events } = await home.temporal.workflow
        .getHandle(submissionWorkflowId(home.campaign, submission))
        .fetchHistory();
      if (events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)) asked.push(submission);
    }
    return asked;
  }
  const statesOf = async () => (await home.results()).submissions.map(({ submission, state }) => [submission, state]);

  it('is aborted all the same: its jobs end at once, and the record follows', async () => {
    loseBucket();
    const said = await inTime('abort', '--why', 'stop the spending', '--yes');
    assert.match(said, /^The bucket holdout-results does not exist; no command can be put on record\. Who acts: /);
    assert.match(said, /\nunder way: 4; their jobs are ended all the same/);
    assert.match(said, /\ndone: Temporal cancels 4 workflows; their jobs end within a minute/);
    assert.match(said, /\nnot yet on record: the campaign carries out the abort once it can use the bucket/);
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
    await recorded(home, /cancel team=t0/);
  });

  it('has nothing cancelled that only the record could name, or that nobody confirms', async () => {
    loseBucket();
    for (const choice of [
      ['--reason', 'out-of-memory'],
      ['--reason', 'out-of-memory', '--team', 't0'],
      ['--team', 'nobody'],
      ['--submission', 's9'],
      ['--submission', ''],
    ]) {
      const said = await home.command(2, 'cancel', ...choice, '--yes');
      assert.match(said, /^holdout: The bucket holdout-results does not exist/, choice.join(' '));
    }
    const oneMore = `${home.campaign}' OR HoldoutCampaign = '${home.campaign}`;
    assert.match(await home.holdout(2, 'abort', oneMore, '--yes'), /^holdout: The bucket /);
    assert.match(await home.command(2, 'abort'), /^The bucket .*\nunder way: 4;.*\nholdout: Abort it\?/);
    assert.deepEqual(await cancelled(), []);
  });

  it('is told what its worker has refused', async () => {
    loseBucket();
    const { HOLDOUT_CODEC_KEYS: _, ...keyless } = { ...process.env, ...home.stack?.environment };
    const sent = spawnSync(process.execPath, ['scripts/holdout.mjs', 'abort', home.campaign, '--yes'], {
      env: { ...keyless, HOLDOUT_STACK: 'remote', HOLDOUT_HOME: home.folder },
      encoding: 'utf8',
    });
    assert.equal(sent.status, 1, sent.stderr);
    assert.match(
      sent.stderr,
      /\nnot done: the campaign has not taken the abort: HOLDOUT_CODEC_KEYS names no key file\./,
    );
    assert.deepEqual(await cancelled(), submissions);
  });

  it('is told that no worker takes the command, and ends its jobs once one does', async () => {
    loseBucket();
    const worker = home.pidOf('worker');
    process.kill(worker, 'SIGSTOP');
    try {
      assert.match(
        await inTime('abort', '--yes'),
        /\nnot done: the campaign has not taken the abort: its worker does not/,
      );
    } finally {
      process.kill(worker, 'SIGCONT');
    }
    await eventually('its jobs have ended', async () => (await runningKeys()).length === 0, ended);
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

describe('a campaign without its bucket of records whose operators see pseudonyms', function () {
  this.timeout(240_000);
  const home = new SimulatedHome({
    teams: [1, 1, 1],
    slots: { g4: 3, p3: 1 },
    budgetUsd: 500,
    unprobed: true,
    blind: true,
  });
  const name = (team: number): string => `zz-canary-${team}.model-0`;
  before(() => home.open({ [name(0)]: endless, [name(1)]: endless, [name(2)]: endless }));
  after(() => home.remove());

  it('takes a team by its pseudonym and a submission by its id, and names neither', async () => {
    await home.begin();
    await eventually('three jobs are there', async () => (await home.activeJobs()).length === 3, { withinMs: 60_000 });
    const { searchAttributes } = await home.temporal.workflow
      .getHandle(submissionWorkflowId(home.campaign, name(0)))
      .describe();
    const team = String(searchAttributes['HoldoutTeam']);
    renameSync(bucketOf(home), lost(home));
    const said = [
      await home.command(1, 'cancel', '--team', team, '--yes'),
      await home.command(1, 'cancel', '--submission', name(1), '--yes'),
      await home.command(2, 'cancel', '--team', 'zz-canary-2', '--yes'),
    ];
    renameSync(lost(home), bucketOf(home));
    await home.until('two are cancelled', ({ counts }) => counts.cancelled === 2 && counts.running === 1);
    const status = await recorded(home, /cancel submissions=/);
    assert.match(status, new RegExp(`cancel team=${team}$`, 'm'));
    const { currentDetails } = await home.temporal.workflow
      .getHandle(`campaign:${home.campaign}`)
      .query<{ currentDetails: string }>('__temporal_workflow_metadata');
    assert.match(currentDetails, /cancel 1 submission\b/);
    assert.doesNotMatch([...said, status, currentDetails].join('\n'), /zz.canary/i);
  });
});
