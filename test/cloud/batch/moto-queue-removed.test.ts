import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import {
  BatchClient,
  CreateJobQueueCommand,
  DeleteJobQueueCommand,
  DescribeJobQueuesCommand,
  ListJobsCommand,
  SubmitJobCommand,
  UpdateJobQueueCommand,
  type JobQueueDetail,
} from '@aws-sdk/client-batch';
import { nextStepAfter } from '../../../src/client/status/trouble/next-step.ts';
import { loadPopulation } from '../../../src/local/batch-endpoint/executors/population-file.ts';
import { SimulatedProcess } from '../../../src/local/batch-endpoint/executors/simulated-process.ts';
import { SimulatedRunner } from '../../../src/local/batch-endpoint/executors/simulated-runner.ts';
import { messageOf } from '../../../src/errors.ts';
import { ObjectStore } from '../../../src/s3/object-store.ts';
import { bucketsOf, loadSettings } from '../../../src/settings.ts';
import { programsWithBatchAt } from '../../support/campaigns/programs-with-batch-at.ts';
import { SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { eventually } from '../../support/eventually.ts';
import { setVariables } from '../../support/images/ecr-api.ts';
import { FaultProxy } from '../../support/servers/fault-proxy.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { itWithPython, pythonProgram, runPython } from '../python.ts';
import { ServerProcess } from '../server-process.ts';

const queues = ['simulated-g4', 'simulated-p3'];

/**
 * moto accepts the jobs, knows the queues and refuses; it runs nothing. So a job's runner runs here, between moto's answer to
 * SubmitJob and its arrival at the worker.
 */
describe('queues that somebody removes in the middle of a campaign, on moto', function () {
  this.timeout(300_000);
  const teams = Array.from({ length: 12 }, () => 1);
  const home = new SimulatedHome({ teams, slots: { g4: 1, p3: 1 }, budgetUsd: 1_000, unprobed: true });
  let moto: ServerProcess | undefined;
  let machine: FaultProxy | undefined;
  let batch: BatchClient;
  let programs = '';
  let removed: JobQueueDetail[] = [];
  after(async () => {
    await home.remove();
    machine?.stop();
    await moto?.stop();
    if (programs !== '') rmSync(programs, { recursive: true });
  });

  // moto lists all jobs when no status is given.
  async function jobs(): Promise<string[]> {
    const lists = await Promise.all(queues.map((jobQueue) => batch.send(new ListJobsCommand({ jobQueue }))));
    return lists.flatMap(({ jobSummaryList = [] }) => jobSummaryList.flatMap(({ jobId }) => jobId ?? []));
  }

  async function startMoto(): Promise<ServerProcess> {
    const port = await freePort();
    const server = await ServerProcess.start(
      pythonProgram('moto_server'),
      ['-p', String(port)],
      port,
      '/moto-api/data.json',
    );
    const config = { method: 'POST', body: JSON.stringify({ batch: { use_docker: false } }) };
    await fetch(`${server.url}/moto-api/config`, config);
    const classes = ['g4:4:15000:1', 'p3:8:60000:1'];
    await runPython('test/cloud/batch/moto_queues.py', [server.url, 'holdout-runner-', 'simulated-', ...classes]);
    const credentials = { accessKeyId: 'k', secretAccessKey: 's' };
    batch = new BatchClient({ endpoint: server.url, region: 'us-east-1', credentials });
    return server;
  }

  /** Runs every accepted job to its end before its id is known. */
  async function runJobs(): Promise<void> {
    const { environment = {} } = home.stack ?? {};
    const buckets = bucketsOf(loadSettings(environment));
    const store = new ObjectStore({ s3PathStyle: true });
    // A client reads the environment with its first call.
    const restore = setVariables(environment);
    await store.find(buckets.runs, 'none').finally(restore);
    const runner = new SimulatedRunner({ store, buckets, population: loadPopulation(home.behave({})), seed: 1 });
    const change = async (answer: Record<string, unknown>, asked: Record<string, unknown>) => {
      const { environment: given } = asked['containerOverrides'] as { environment: { name: string; value: string }[] };
      const runKey = given.find(({ name }) => name === 'HOLDOUT_RUN_KEY')?.value ?? '';
      // An answer without an id is a refusal.
      const { jobId } = answer as { jobId?: string };
      if (jobId !== undefined) await runner.run({ jobId, runKey, process: new SimulatedProcess(Date.now(), 1e6) });
      return answer;
    };
    machine?.inject('submitjob', { kind: 'answer', change });
  }

  itWithPython(
    'are told within a minute in moto’s words; finished submissions stay, no other fails, no job is made',
    async () => {
      moto = await startMoto();
      machine = new FaultProxy(() => moto?.url ?? '');
      await machine.start();
      programs = programsWithBatchAt(machine.endpoint);
      await home.open({}, { programs });
      await runJobs();
      await home.begin();
      await home.until('two have finished', ({ counts }) => counts.finished >= 2);
      const { jobQueues = [] } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: queues }));
      removed = jobQueues;
      for (const jobQueue of queues) {
        await batch.send(new UpdateJobQueueCommand({ jobQueue, state: 'DISABLED' }));
        await batch.send(new DeleteJobQueueCommand({ jobQueue }));
      }

      let status = '';
      const says =
        /g4 since \S+ \S+ UTC: Batch refuses the job: ClientException: Job queue simulated-g4 does not exist/;
      const isSaid = async (): Promise<boolean> => says.test((status = await home.command(0, 'status')));
      await eventually('it is told', isSaid, { withinMs: 60_000, everyMs: 500 }).catch(() =>
        assert.match(status, says),
      );
      assert.match(
        status,
        /→ create the queue, or correct the queue of the class \(who acts: the administrator of the AWS account\), then: npm run holdout -- resume steered --class g4/,
      );
      const { counts } = await home.progress();
      assert.ok(counts.finished >= 2 && counts.finished < teams.length, `${counts.finished} have finished`);
      assert.deepEqual([counts.failed, counts.cancelled], [0, 0]);
    },
  );

  itWithPython('have other words here than on the endpoint, and the same advice', async () => {
    const order = { jobName: 'x', jobQueue: 'simulated-none', jobDefinition: 'holdout-runner-g4' };
    const words = async (of: BatchClient): Promise<string> =>
      of.send(new SubmitJobCommand(order)).then(() => 'accepted', messageOf);
    const [here, there] = [await words(home.batch), await words(batch)];
    assert.match(here, /JobQueue simulated-none not found/);
    assert.match(there, /Job queue simulated-none does not exist/);
    assert.match(nextStepAfter(here) ?? '', /^create the queue, or correct the queue of the class/);
    assert.equal(nextStepAfter(there), nextStepAfter(here));
  });

  itWithPython('are created again: after resume every submission finishes, with one job each', async () => {
    assert.equal(removed.length, queues.length);
    for (const { jobQueueName, priority, computeEnvironmentOrder } of removed) {
      await batch.send(
        new CreateJobQueueCommand({ jobQueueName, state: 'ENABLED', priority, computeEnvironmentOrder }),
      );
    }
    await home.command(0, 'resume');
    await home.command(0, 'watch');
    const { submissions } = await home.results();
    assert.deepEqual(new Set(submissions.map(({ state }) => state)), new Set(['finished']));
    const made = submissions.flatMap(({ runs }) => runs.flatMap(({ jobId }) => jobId ?? []));
    assert.deepEqual([made.length, new Set(made).size], [teams.length, teams.length]);
    // moto forgets the jobs of a queue with it. The canary of p3 may be one of the others.
    const others = (await jobs()).filter((jobId) => !made.includes(jobId));
    assert.ok(others.length <= 1, `${others.length} jobs without a run`);
  });
});
