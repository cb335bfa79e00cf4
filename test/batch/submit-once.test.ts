import { BatchServiceException, DescribeJobsCommand, type BatchClient } from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ensureJobDefinitions } from '../../src/batch/definitions/ensure-job-definitions.ts';
import { JobDefinitionRevisions } from '../../src/batch/definitions/newest-revision.ts';
import { openBatchClients } from '../../src/batch/batch-clients.ts';
import { isThrottled } from '../../src/batch/throttling.ts';
import { submitOnce, type Settling, type SubmitOrder } from '../../src/batch/submit-once.ts';
import { jobNameOf } from '../../src/batch/job-name.ts';
import { parseRunKey } from '../../src/ids.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { eventually } from '../support/eventually.ts';
import { faults } from '../support/servers/fault-proxy.ts';
import { frozenCampaign } from '../support/campaigns/frozen-campaign.ts';
import { BatchRig } from './batch-rig.ts';
import { runObjects } from '../../src/object-keys.ts';

describe('submitting a run once', () => {
  let rig: BatchRig;
  before(async () => (rig = await BatchRig.enter()));
  after(() => rig.leave());
  beforeEach(() => rig.proxy.reset());

  const orderOf = (runKey: string): SubmitOrder => ({
    runKey,
    queue: 'holdout-g4',
    jobDefinition: 'holdout-runner-g4',
    timeoutSeconds: 600,
  });

  it('makes one job with the run’s name, key, tags and timeout, and without Batch’s own retries', async () => {
    const runKey = rig.run();
    const job = await rig.endpoint.describe(await rig.submitted(runKey));
    assert.equal(job.jobName, jobNameOf(runKey));
    assert.deepEqual(job.tags, {
      'holdout:campaign': 'case',
      'holdout:submission': parseRunKey(runKey).submission,
      'holdout:run': '1',
    });
    assert.equal(job.propagateTags, true);
    assert.deepEqual(job.container?.environment, [{ name: 'HOLDOUT_RUN_KEY', value: runKey }]);
    assert.equal(job.timeout?.attemptDurationSeconds, 600);
    assert.deepEqual(
      rig.proxy.bodies('submitjob').map(({ retryStrategy }) => retryStrategy),
      [{ attempts: 1 }],
    );
  });

  it('adopts a job whose response was lost, even if the list shows it late', async () => {
    const runKey = rig.run();
    rig.proxy.inject('submitjob', faults.loseResponse);
    await assert.rejects(rig.submit(runKey));
    rig.proxy.inject('listjobs', faults.noJobsListed, 3);
    const again = await rig.submit(runKey, { listSettle: 500 });
    const [job, ...others] = await rig.jobs(runKey);
    assert.deepEqual(again, { kind: 'adopted', jobId: job?.jobId });
    assert.deepEqual(others, []);
    assert.equal(rig.proxy.count('submitjob'), 1, 'neither the SDK nor the second call asked for another job');
  });

  it('repeats a call that is refused for this machine’s clock, with the time from the refusal', async () => {
    // Clients of its own, which remember the wrong time.
    const clients = openBatchClients({ callsPerSecond: 1_000 });
    const runs = { store: new ObjectStore({ s3PathStyle: true }), bucket: rig.s3.buckets.runs };
    const settling: Settling = { listSettle: 0, wait: () => Promise.resolve() };
    const runKey = rig.run();
    const { now } = Date;
    Date.now = () => now() + 20 * 60_000;
    try {
      const made = await submitOnce({ ...clients, runs }, orderOf(runKey), settling);
      assert.equal(made.kind, 'submitted');
    } finally {
      Date.now = now;
    }
    assert.equal(rig.proxy.count('submitjob'), 2);
    assert.equal((await rig.jobs(runKey)).length, 1);
  });

  it('calls SubmitJob once per attempt when Batch returns 500, and makes a job once Batch recovers', async () => {
    const runKey = rig.run();
    rig.proxy.inject('submitjob', faults.serverError, 2);
    await assert.rejects(rig.submit(runKey, { listSettle: 10 }));
    await assert.rejects(rig.submit(runKey, { listSettle: 10 }));
    assert.equal((await rig.submit(runKey, { listSettle: 10 })).kind, 'submitted');
    assert.equal(rig.proxy.count('submitjob'), 3);
    assert.equal((await rig.jobs(runKey)).length, 1);
  });

  /** Notes the waits instead of waiting. */
  function noted(): { waits: number[]; settling: Settling } {
    const waits: number[] = [];
    return { waits, settling: { listSettle: 0, wait: async (ms) => void waits.push(ms) } };
  }

  it('repeats a throttled SubmitJob, which made no job, after a growing pause and without another look', async () => {
    const { waits, settling } = noted();
    rig.proxy.inject('submitjob', faults.throttled, 3);
    const runKey = rig.run();
    const made = await submitOnce(rig.dependencies, orderOf(runKey), settling);
    assert.equal(made.kind, 'submitted');
    assert.deepEqual([rig.proxy.count('listjobs'), rig.proxy.count('submitjob')], [1, 4]);
    assert.equal(waits.length, 3);
    for (const [tries, ms] of waits.entries()) assert.ok(ms >= 250 * 2 ** tries && ms <= 500 * 2 ** tries, `${ms} ms`);
    assert.equal((await rig.jobs(runKey)).length, 1);
  });

  /** A port that was open a moment ago. */
  async function closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  describe('after a SubmitJob that failed', () => {
    const provesNothing = { serverError: faults.serverError, loseResponse: faults.loseResponse, hang: faults.hang };
    const unavailable = { kind: 'refuse', status: 503, type: 'ServiceUnavailableException' } as const;
    const timedOut = { kind: 'refuse', status: 408, type: 'RequestTimeoutException' } as const;
    const malformed = { kind: 'refuse', status: 400, type: 'ClientException' } as const;
    const noted = async (change: { submitter?: BatchClient } = {}): Promise<boolean[]> => {
      const told: boolean[] = [];
      const settling: Settling = { listSettle: 0, wait: () => Promise.resolve(), onPending: (may) => told.push(may) };
      const { submitter } = openBatchClients({ idleLimitMs: 300, callsPerSecond: 1_000 });
      await assert.rejects(submitOnce({ ...rig.dependencies, submitter, ...change }, orderOf(rig.run()), settling));
      return told;
    };

    for (const [name, fault] of Object.entries({ ...provesNothing, unavailable, timedOut })) {
      it(`a job may be pending: ${name}`, async () => {
        rig.proxy.inject('submitjob', fault);
        assert.deepEqual(await noted(), [true]);
      });
    }

    for (const [name, fault] of Object.entries({ malformed, denied: faults.denied })) {
      it(`no job is pending: ${name}`, async () => {
        rig.proxy.inject('submitjob', fault);
        assert.deepEqual(await noted(), [true, false]);
      });
    }

    it('no job is pending: throttled, however often', async () => {
      rig.proxy.inject('submitjob', faults.throttled);
      assert.deepEqual(await noted(), Array.from({ length: 13 }, () => [true, false]).flat());
    });

    it('no job is pending: nothing listens, or the host has no address', async () => {
      const port = await closedPort();
      for (const endpoint of [`http://127.0.0.1:${port}`, `http://localhost:${port}`, 'http://batch.invalid']) {
        const submitter = rig.endpoint.clientWith({ endpoint });
        assert.deepEqual(await noted({ submitter }), [true, false], endpoint);
      }
    });

    it('a job may be pending: the connection broke, or its TLS handshake failed', async () => {
      const resetting = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
      resetting.listen(0, '127.0.0.1');
      await once(resetting, 'listening');
      const { port } = resetting.address() as AddressInfo;
      for (const scheme of ['http', 'https']) {
        const submitter = rig.endpoint.clientWith({ endpoint: `${scheme}://127.0.0.1:${port}` });
        assert.deepEqual(await noted({ submitter }), [true], scheme);
      }
      resetting.close();
    });
  });

  it('does not repeat a SubmitJob that was throttled first and then lost', async () => {
    const { settling } = noted();
    const runKey = rig.run();
    let calls = 0;
    rig.proxy.inject('submitjob', faults.loseResponse);
    const { submitter } = rig.dependencies;
    const send = async (command: unknown): Promise<unknown> => {
      calls += 1;
      if (calls > 1) return submitter.send(command as never);
      throw new BatchServiceException({
        name: 'TooManyRequestsException',
        $fault: 'client',
        $metadata: { httpStatusCode: 429 },
      });
    };
    const throttledOnce = { ...rig.dependencies, submitter: { send } as unknown as BatchClient };
    await assert.rejects(submitOnce(throttledOnce, orderOf(runKey), settling), (error) => !isThrottled(error));
    assert.equal(calls, 2);
  });

  it('looks again when the look itself is throttled for longer than the client bears', async () => {
    const { waits, settling } = noted();
    const impatient = { batch: rig.endpoint.clientWith({ endpoint: rig.proxy.endpoint }) };
    rig.proxy.inject('listjobs', faults.throttled, 2);
    const made = await submitOnce({ ...rig.dependencies, ...impatient }, orderOf(rig.run()), settling);
    assert.equal(made.kind, 'submitted');
    assert.equal(waits.length, 2);
  });

  it('gives up after some minutes of throttling', async () => {
    const { waits, settling } = noted();
    rig.proxy.inject('submitjob', faults.throttled);
    await assert.rejects(submitOnce(rig.dependencies, orderOf(rig.run()), settling), isThrottled);
    const total = waits.reduce((sum, ms) => sum + ms, 0);
    assert.ok(total > 60_000 && total < 300_000, `${total} ms`);
  });

  it('stays below the limit of calls of both clients together, whatever they are asked to do', async () => {
    const { batch, submitter } = openBatchClients({ callsPerSecond: 10 });
    const look = (client: BatchClient): Promise<unknown> => client.send(new DescribeJobsCommand({ jobs: [] }));
    await Promise.all(Array.from({ length: 25 }, (_, index) => look(index % 2 === 0 ? batch : submitter)));
    const times = rig.proxy.calls.map(({ at }) => at);
    assert.equal(times.length, 25);
    for (const start of times) {
      // A timer may be a millisecond early.
      const within = times.filter((time) => time >= start && time < start + 998).length;
      assert.ok(within <= 10, `${within} within a second`);
    }
  });

  it('gives up on a response that never arrives', async () => {
    const runKey = rig.run();
    rig.proxy.inject('submitjob', faults.hang);
    const dependencies = { ...rig.dependencies, ...openBatchClients({ idleLimitMs: 300 }) };
    const submitting = submitOnce(dependencies, orderOf(runKey), { listSettle: 0, wait: () => Promise.resolve() });
    await assert.rejects(submitting, { name: 'TimeoutError' });
  });

  it('looks six times while the list settles before it makes another job', async () => {
    const order = orderOf(rig.run());
    const waits: number[] = [];
    const wait = async (ms: number): Promise<void> => void waits.push(ms);
    const made = await submitOnce(rig.dependencies, order, { listSettle: 60_000, wait });
    assert.equal(made.kind, 'submitted');
    assert.deepEqual(waits, [12_000, 12_000, 12_000, 12_000, 12_000]);
    assert.deepEqual(
      rig.proxy.calls.map(({ operation }) => operation),
      [...Array.from({ length: 6 }, () => 'listjobs'), 'submitjob'],
    );
  });

  it('makes no job for a run that has an outcome', async () => {
    const runKey = rig.run();
    const jobId = await rig.submitted(runKey);
    await rig.reach(jobId, 'SUCCEEDED');
    rig.proxy.reset();
    rig.proxy.inject('listjobs', faults.noJobsListed);
    assert.deepEqual(await rig.submit(runKey), { kind: 'adopted', jobId });
    assert.equal(rig.proxy.count('submitjob'), 0);
  });

  it('makes no second job once the first has claimed the run, however much the list lags', async () => {
    const runKey = rig.run({ slowStart: true, until: 'never' });
    rig.proxy.inject('submitjob', faults.loseResponse, 1);
    await assert.rejects(rig.submit(runKey));
    rig.proxy.inject('listjobs', faults.noJobsListed);
    const second = rig.submit(runKey, { listSettle: 5_000 });
    const jobId = (await rig.jobs(runKey))[0]?.jobId ?? assert.fail();
    rig.open(`go.${jobId}`);
    assert.deepEqual(await second, { kind: 'adopted', jobId });
    assert.equal(rig.proxy.count('submitjob'), 1);
  });

  it('makes no job for a run that was given up', async () => {
    const runKey = rig.run();
    await rig.store.write(rig.s3.buckets.runs, runObjects.claim(runKey), 'abandoned');
    assert.deepEqual(await rig.submit(runKey), { kind: 'abandoned' });
    assert.equal(rig.proxy.calls.length, 0);
  });

  it('adopts the oldest of several jobs', async () => {
    const runKey = rig.run({ slowStart: true });
    const first = await rig.submitted(runKey);
    rig.proxy.inject('listjobs', faults.noJobsListed, 1);
    const second = await rig.submitted(runKey);
    await eventually('both are there', async () => (await rig.jobs(runKey)).length === 2);
    assert.notEqual(first, second);
    assert.deepEqual(await rig.submit(runKey), { kind: 'adopted', jobId: first });
  });

  it('stops looking when its process shuts down, and submits nothing', async () => {
    const order = orderOf(rig.run());
    const gone = submitOnce(rig.dependencies, order, {
      listSettle: 60_000,
      wait: () => Promise.reject(new Error('gone')),
    });
    await assert.rejects(gone, { message: 'gone' });
    assert.equal(rig.proxy.count('submitjob'), 0);
  });

  const registered = (): unknown[] =>
    rig.proxy.calls.filter(({ operation }) => operation === 'registerjobdefinition').map(({ body }) => body);
  const named = (): unknown[] => registered().map((body) => (body as { jobDefinitionName: string }).jobDefinitionName);

  it('registers one job definition per class, once', async () => {
    const classes = frozenCampaign().instanceClasses;
    await ensureJobDefinitions(rig.clients.batch, 'other', { kind: 'local' }, classes);
    await ensureJobDefinitions(rig.clients.batch, 'other', { kind: 'local' }, classes);
    assert.deepEqual(named(), ['other-g4', 'other-p3']);
  });

  it('registers a new revision for other resources, and submits each campaign’s jobs to its own', async () => {
    const classes = frozenCampaign().instanceClasses;
    const larger = classes.map((one) => ({ ...one, memoryMiB: one.memoryMiB + 1 }));
    for (const set of [classes, larger, classes, larger]) {
      await ensureJobDefinitions(rig.clients.batch, 'twice', { kind: 'local' }, set);
    }
    assert.deepEqual(named(), ['twice-g4', 'twice-p3', 'twice-g4', 'twice-p3']);
    const revisions = new JobDefinitionRevisions(rig.clients.batch, 'twice');
    const references = [classes, larger].map((set) => set.map((one) => revisions.referenceFor(one)));
    assert.deepEqual(await Promise.all(references.flat()), ['twice-g4:1', 'twice-p3:1', 'twice-g4:2', 'twice-p3:2']);
  });

  it('asks for the revisions of a name once, and says which resources are missing', async () => {
    const [g4] = frozenCampaign().instanceClasses;
    assert.ok(g4);
    const revisions = new JobDefinitionRevisions(rig.clients.batch, 'holdout-runner');
    const calls = (): number => rig.proxy.count('describejobdefinitions');
    await revisions.referenceFor(g4);
    await revisions.referenceFor(g4);
    assert.equal(calls(), 1);
    await assert.rejects(revisions.referenceFor({ ...g4, vcpus: 3 }), {
      code: 'JOB_DEFINITION_MISSING',
      message: /holdout-runner-g4 with 3 vCPUs, 2,048 MiB; \d+ active revisions have/,
    });
    await revisions.referenceFor(g4);
    assert.equal(calls(), 2);
  });

  it('refuses classes that would share a definition', async () => {
    const [g4] = frozenCampaign().instanceClasses;
    assert.ok(g4);
    const classes = [
      { ...g4, name: 'g4dn.xlarge' },
      { ...g4, name: 'g4dn-xlarge' },
    ];
    const registering = ensureJobDefinitions(rig.clients.batch, 'clash', { kind: 'local' }, classes);
    await assert.rejects(registering, { code: 'JOB_DEFINITION_SHARED' });
    assert.deepEqual(registered(), []);
  });
});
