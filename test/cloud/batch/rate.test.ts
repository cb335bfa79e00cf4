import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { openBatchClients } from '../../../src/batch/batch-clients.ts';
import { JobPoller } from '../../../src/batch/job-poller.ts';
import { jobsByName } from '../../../src/batch/job-lists/run-jobs.ts';
import { submitOnce } from '../../../src/batch/submit-once.ts';
import { inParallel } from '../../../src/in-parallel.ts';
import { ObjectStore, type Bucket } from '../../../src/s3/object-store.ts';
import { Rig, rigKey } from '../../local/batch-endpoint/endpoint-rig.ts';
import { startS3Server, type S3Server } from '../../support/servers/s3-server.ts';
import { itWithPython } from '../python.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { Microburst } from './microburst.ts';

/** As many as the largest campaign has. */
const submissions = 4_200;
/** AWS's limit on an account. */
const limit = 50;

/** Jobs under way of each of two workers, of 220 slots. */
const jobsOfAWorker = 110;

/** Submits a run like the worker's activity, which calls again after every error, such as a late answer of a busy machine. */
async function submitted(
  dependencies: Parameters<typeof submitOnce>[0],
  order: Parameters<typeof submitOnce>[1],
): Promise<string> {
  const wait = (ms: number): Promise<void> => delay(ms);
  for (let attempt = 1; ; attempt += 1) {
    const listSettle = attempt === 1 ? 0 : 10_000;
    const made = await submitOnce(dependencies, order, { listSettle, wait }).catch(() => undefined);
    if (made === undefined) {
      await wait(1_000);
      continue;
    }
    assert.ok(made.kind === 'submitted' || made.kind === 'adopted');
    return made.jobId;
  }
}

/** The most instants (s) within one second. */
function mostInASecond(instants: number[]): number {
  const sorted = instants.toSorted((one, other) => one - other);
  let first = 0;
  return sorted.reduce((most, instant, last) => {
    while ((sorted[first] ?? 0) <= instant - 1) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}

describe('4,200 submissions', function () {
  this.timeout(900_000);
  const rig = new Rig({ queues: [{ name: 'gpu', slots: 0 }], callsPerSecond: limit });
  const ambient = process.env;
  let s3: S3Server;
  let microburst: Microburst | undefined;
  after(async () => {
    process.env = ambient;
    await microburst?.stop();
    await rig.remove();
    await s3?.stop();
  });

  /** Every call that microburst logs until `isOver`, which keeps only the last 2,000. */
  async function logOf(proxy: Microburst, isOver: () => boolean): Promise<number[]> {
    const seen = new Map<string, number>();
    for (let done = false; !done; await delay(2_000)) {
      done = isOver();
      for (const fired of await proxy.fired()) seen.set(JSON.stringify(fired), fired.ts);
    }
    return [...seen.values()];
  }

  itWithPython('by two workers as fast as they may stay below 50 calls in any second, by two logs', async () => {
    await rig.start();
    await rig.register();
    s3 = await startS3Server();
    microburst = await Microburst.start(await freePort(), rig.url, rigKey);
    await microburst.set([{ service: 'batch', latency: 1 }]);
    process.env = {
      ...ambient,
      ...s3.environment,
      AWS_ENDPOINT_URL_BATCH: microburst.url,
      HOLDOUT_BATCH_ACCESS_KEY_ID: rigKey.accessKeyId,
      HOLDOUT_BATCH_SECRET_ACCESS_KEY: rigKey.secretAccessKey,
    };
    const runs = { store: new ObjectStore({ s3PathStyle: true }), bucket: s3.buckets.runs };
    let isOver = false;
    const logged = logOf(microburst, () => isOver);
    const workers = [0, 1].map((worker) => work(worker, runs));
    const ended = await Promise.allSettled(workers);
    isOver = true;
    const instants = await logged;
    for (const end of ended) if (end.status === 'rejected') throw end.reason;

    const health = (await (await fetch(`${rig.url}/health`)).json()) as {
      calls: Record<string, number>;
      busiestSecond: number;
      throttled: number;
    };
    assert.equal(health.throttled, 0);
    const calls = Object.values(health.calls).reduce((sum, count) => sum + count, 0);
    assert.ok(instants.length >= calls - 1, `microburst logged ${instants.length} of ${calls} calls`);
    const most = mostInASecond(instants);
    assert.ok(most < limit && health.busiestSecond < limit, `${most} and ${health.busiestSecond} calls in a second`);
    const jobs = await jobsByName(rig.clientWith({ maxAttempts: 5 }), 'gpu', 'ho-*');
    assert.equal(jobs.length, submissions);
    assert.equal(new Set(jobs.map(({ jobName }) => jobName)).size, submissions);
    // The limit is used, not only kept.
    assert.ok(most > 20, `${most} calls in a second`);
  });

  /** Half of the submissions by one worker, which also polls for the jobs that run. */
  async function work(worker: number, runs: Bucket): Promise<void> {
    // A worker gives up an answer after 10 s, which frees its place for another call. Only a stalled test machine is so slow.
    const clients = openBatchClients({ idleLimitMs: 120_000 });
    const poller = new JobPoller(clients.batch, 1_000, () => undefined);
    const stops: AbortController[] = [];
    const order = { queue: 'gpu', jobDefinition: 'holdout-runner', timeoutSeconds: 600 };
    const keys = Array.from({ length: submissions / 2 }, (_, n) => `case/s-${worker}-${n}/1`);
    await inParallel(20, keys, async (runKey) => {
      const jobId = await submitted({ ...clients, runs }, { ...order, runKey });
      if (stops.length === jobsOfAWorker) return;
      const stop = new AbortController();
      stops.push(stop);
      poller.finished(jobId, () => undefined, stop.signal).catch(() => undefined);
    });
    for (const stop of stops) stop.abort();
    poller.stop();
    clients.batch.destroy();
    clients.submitter.destroy();
  }
});
