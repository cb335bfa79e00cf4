import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SubmitJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { jobNameOf } from '../../../src/batch/job-name.ts';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import type { checkReport } from '../../../src/client/invariants/check-text.ts';
import type { LedgerRecord } from '../../../src/ledger/record.ts';
import { resultObjects, runObjects } from '../../../src/object-keys.ts';
import { ObjectStore } from '../../../src/s3/object-store.ts';
import { sha256 } from '../../../src/sha256.ts';
import { searchAttributes } from '../../../src/workflows/search-attributes.ts';
import { eventually } from '../../support/eventually.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

type Report = ReturnType<typeof checkReport>;

describe('check', function () {
  this.timeout(180_000);
  const home = new SimulatedHome({ teams: [1, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 500, unprobed: true });
  const { campaign } = home;
  after(() => home.remove());

  const check = async (status: number): Promise<Report> =>
    JSON.parse(await home.command(status, 'check', '--json')) as Report;
  const fileOf = (bucket: string, key: string): string => join(home.folder, 's3', `holdout-${bucket}`, key);
  const aside = join(home.folder, 'aside');
  /** Hides an object from S3 while something is done. */
  const without = async (bucket: string, key: string, work: () => Promise<void>): Promise<void> => {
    const hidden = join(aside, 'hidden');
    renameSync(fileOf(bucket, key), hidden);
    await work().finally(() => renameSync(hidden, fileOf(bucket, key)));
  };
  const texts = ({ breaches }: Report): string[] => breaches.map(({ invariant, text }) => `${invariant} ${text}`);

  const submit = async (runKey: string): Promise<string> => {
    const order = { jobName: jobNameOf(runKey), jobQueue: 'simulated-g4', jobDefinition: 'holdout-runner-g4' };
    const environment = [{ name: 'HOLDOUT_RUN_KEY', value: runKey }];
    const { jobId = '' } = await home.batch.send(
      new SubmitJobCommand({ ...order, containerOverrides: { environment } }),
    );
    return jobId;
  };
  const stateOf = async (jobId: string) => (await home.allJobs()).find((job) => job.jobId === jobId)?.status;

  before(async () => {
    await home.open({ 's1-0': { end: 'error' }, 's2-0': endless });
    await home.begin();
    mkdirSync(aside);
    await home.until('one runs', ({ counts }) => counts.running === 1 && counts.finished === 1 && counts.failed === 1);
  });

  it('judges a running campaign by what must hold at any time', async () => {
    const { phase, invariants, breaches, orphans, unchecked } = await check(0);
    assert.deepEqual([phase, breaches], ['running', []]);
    assert.deepEqual(invariants, { I1: 'holds', I2: 'holds', I3: 'holds', I4: 'not judged' });
    assert.deepEqual(Object.values(orphans).flat(), []);
    assert.ok(
      unchecked.some((what) => /I4\), until the campaign has ended/.test(what)),
      'says what was not judged',
    );
  });

  it('finds a record that was removed while the campaign runs, because its workflow has completed', async () => {
    await without('results', resultObjects.ledger(campaign, 's0-0', 1), async () => {
      const { breaches } = await check(1);
      const found = breaches.map(({ invariant, kind }) => `${invariant} ${kind}`);
      assert.ok(found.includes('I1 record-lost'), found.join());
    });
  });

  it('finds an ended campaign clean, without orphans', async () => {
    await home.command(0, 'cancel', '--submission', 's2-0', '--yes');
    await home.command(3, 'watch');
    const text = await home.command(0, 'check');
    assert.match(text, /^steered \(ended\): no breach$/m);
    for (const name of ['I1 nothing lost', 'I2 one final state', 'I3 no paid work twice', 'I4 nothing left over'])
      assert.match(text, new RegExp(`^  ${name}: holds$`, 'm'));
    assert.match(
      text,
      /^orphans: 0 jobs without a workflow, 0 workflows without a job, 0 containers without a claim$/m,
    );
    assert.match(text, /^checked in \S+ s: 3 rounds, 3 records, 4 workflows, 4 jobs, 4 claims$/m);
  });

  describe('of an ended campaign in which everything is broken', () => {
    const own = (key: string): string => `${campaign}/${key}`;
    const planted: (() => Promise<unknown> | void)[] = [];
    let [duplicate, orphan] = ['', ''];
    let report: Report;
    let found = '';

    before(async () => {
      await plantObjects();
      duplicate = await submit(own('s2-0/1'));
      await eventually('the duplicate has ended', async () => (await stateOf(duplicate)) === 'FAILED');
      orphan = await submitOrphan();
      await plantRemains();
      report = await check(1);
      found = texts(report).join('\n');
    });

    /** A removed outcome, a second record, a changed board, price and claims. */
    async function plantObjects(): Promise<void> {
      hide('runs', runObjects.outcome(own('s0-0/1')));
      await replace('results', resultObjects.leaderboard(campaign), (text) => text.replace('Team 0', 'Team 9'));
      await replace('results', resultObjects.ledger(campaign, 's0-0', 1), (text) =>
        text.replace(/"costMicroUsd": (\d)/, '"costMicroUsd": 9$1'),
      );
      await replace('runs', runObjects.claim(own('s1-0/1')), () => 'stranger');
      // Behind the back of the S3 server, which then refuses to read it.
      const claim = fileOf('runs', runObjects.claim(own('_canary-g4/1')));
      const right = readFileSync(claim);
      writeFileSync(claim, 'stranger');
      planted.push(() => writeFileSync(claim, right));
      const first = readFileSync(fileOf('results', resultObjects.ledger(campaign, 's1-0', 1)));
      const known = JSON.parse(first.toString('utf8')) as LedgerRecord;
      const record: LedgerRecord = { ...known, sequence: 2, predecessor: sha256(first), runs: [] };
      const second = resultObjects.ledger(campaign, 's1-0', 2);
      await storeOf(home).write('holdout-results', second, `${JSON.stringify(record, null, 2)}\n`);
      planted.push(() => rmSync(fileOf('results', second)));
    }

    function hide(bucket: string, key: string): string {
      const [file, hidden] = [fileOf(bucket, key), join(aside, String(planted.length))];
      renameSync(file, hidden);
      planted.push(() => renameSync(hidden, file));
      return readFileSync(hidden, 'utf8');
    }

    const replace = (bucket: string, key: string, edit: (text: string) => string): Promise<void> =>
      storeOf(home).write(`holdout-${bucket}`, key, edit(hide(bucket, key)));

    async function submitOrphan(): Promise<string> {
      const spec = JSON.parse(readFileSync(fileOf('runs', runObjects.spec(own('s2-0/1'))), 'utf8')) as RunSpec;
      const body = `${JSON.stringify({ ...spec, runKey: own('s2-0/7') }, null, 2)}\n`;
      await storeOf(home).write('holdout-runs', runObjects.spec(own('s2-0/7')), body);
      const jobId = await submit(own('s2-0/7'));
      await eventually('the job runs', async () => (await stateOf(jobId)) === 'RUNNING');
      planted.push(() => home.batch.send(new TerminateJobCommand({ jobId, reason: 'planted' })));
      return jobId;
    }

    async function plantRemains(): Promise<void> {
      const folder = join(home.folder, 'scratch', 'runs', duplicate);
      mkdirSync(folder, { recursive: true });
      planted.push(() => rmSync(folder, { recursive: true }));
      const workflow = await home.temporal.workflow.start('submission', {
        workflowId: `submission:${campaign}:s1-0`,
        taskQueue: 'nobody',
        typedSearchAttributes: [{ key: searchAttributes.campaign, value: campaign }],
      });
      planted.push(() => workflow.terminate('planted'));
    }

    it('finds what is lost: an outcome, the right board, records that nothing published', () => {
      assert.match(found, /^I1 s3:\/\/holdout-runs\/steered\/s0-0\/1\/outcome\.json: it is missing/m);
      assert.match(found, /^I1 s3:\/\/holdout-results\/steered\/leaderboard\.csv: /m);
      assert.match(found, /^I1 s1-0: 2 records, of which the last publication has 1$/m);
      assert.match(found, /^I1 \S+s2-0\/7\/spec\.json: the record names no such object$/m);
    });

    it('finds what was changed after it was written: a second record that nobody asked for', () => {
      assert.match(found, /^I2 s3:\/\/holdout-results\/steered\/ledger\/s1-0\/2\.json: nobody asked for this round$/m);
      assert.match(found, /^I2 s3:\/\/holdout-results\/steered\/ledger\/s0-0\/1\.json: /m);
    });

    it('finds what was paid otherwise: a changed price, another claim, a duplicate that Batch billed', () => {
      assert.match(found, /^I3 \S+ledger\/s0-0\/1\.json: `costMicroUsd` of run 1 is not \d+$/m);
      assert.match(found, /^I3 s3:\/\/holdout-runs\/steered\/s1-0\/1\/claim: its sha256/m);
      assert.match(found, /^I3 s3:\/\/holdout-runs\/steered\/_canary-g4\/1\/claim: its bytes do not fit/m);
      assert.match(found, /^I3 steered\/s1-0\/1: job stranger has the claim; Batch knows \S+$/m);
      const billed = `the ledger has \\d+ s, Batch billed \\d+ s for .*${duplicate}`;
      assert.match(found, new RegExp(`^I3 steered/s2-0/1: ${billed}`, 'm'));
    });

    it('finds what is left: a job, a workflow and a folder, and counts the orphan', () => {
      assert.match(found, new RegExp(`^I4 steered/s2-0/7: job ${orphan} has not ended$`, 'm'));
      assert.match(found, /^I4 submission:steered:s1-0 still runs$/m);
      assert.match(found, new RegExp(`^I4 job ${duplicate} has ended, and its folder is still there: `, 'm'));
      assert.deepEqual(report.orphans.jobsWithoutWorkflow, [{ job: orphan, run: own('s2-0/7') }]);
      assert.deepEqual(report.invariants, { I1: 'broken', I2: 'broken', I3: 'broken', I4: 'broken' });
    });

    it('finds only what cannot be undone once the rest is: what Batch billed, and what nobody books', async () => {
      for (const undo of planted) await undo();
      await eventually('the job has ended', async () => (await stateOf(orphan)) === 'FAILED');
      const later = await check(1);
      assert.deepEqual(Object.values(later.orphans).flat(), []);
      const left = later.breaches.flatMap((breach) => ('run' in breach ? `${breach.kind} ${breach.run}` : []));
      assert.deepEqual(left, ['seconds-differ steered/s2-0/1', 'unpaid-job steered/s2-0/7']);
      assert.equal(later.invariants.I2, 'holds');
    });
  });

  it('ends with 2 for an unknown campaign, and shows two examples', async () => {
    assert.match(await home.holdout(2, 'check', 'unknown'), /unknown/);
    const help = await home.holdout(0, 'check', '--help');
    assert.equal(help.match(/^ {2}npm run holdout -- check /gm)?.length, 2);
  });
});

const storeOf = ({ stack }: SimulatedHome): ObjectStore => {
  const env = stack?.environment ?? {};
  return new ObjectStore(
    { s3PathStyle: true },
    {
      endpoint: env['AWS_ENDPOINT_URL_S3'] ?? '',
      region: env['AWS_REGION'] ?? '',
      credentials: {
        accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    },
  );
};
