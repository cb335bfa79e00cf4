import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { BatchClient, ListJobsCommand } from '@aws-sdk/client-batch';
import { SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { itWithPython, pythonProgram, runPython } from '../python.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { ServerProcess } from '../server-process.ts';
import { programsWithBatchAt } from '../../support/campaigns/programs-with-batch-at.ts';

/** moto's simple mode: it runs nothing, and every job SUCCEEDED at once. So does a job whose image is not the runner. */
describe('a campaign whose jobs end at once without an outcome, on moto', function () {
  this.timeout(300_000);
  const shape = { teams: Array.from({ length: 12 }, () => 1), slots: { g4: 2, p3: 1 }, budgetUsd: 1_000 };
  const home = new SimulatedHome(shape);
  let moto: ServerProcess | undefined;
  let programs = '';
  after(async () => {
    await home.remove();
    await moto?.stop();
    if (programs !== '') rmSync(programs, { recursive: true });
  });

  async function jobsOf(jobQueue: string): Promise<number> {
    const credentials = { accessKeyId: 'k', secretAccessKey: 's' };
    const batch = new BatchClient({ endpoint: moto?.url ?? '', region: 'us-east-1', credentials });
    try {
      // moto lists all jobs when no status is given.
      return (await batch.send(new ListJobsCommand({ jobQueue }))).jobSummaryList?.length ?? 0;
    } finally {
      batch.destroy();
    }
  }

  itWithPython('holds after at most three jobs per class, fails no submission and says why', async () => {
    const port = await freePort();
    moto = await ServerProcess.start(pythonProgram('moto_server'), ['-p', String(port)], port, '/moto-api/data.json');
    const config = { method: 'POST', body: JSON.stringify({ batch: { use_docker: false } }) };
    await fetch(`${moto.url}/moto-api/config`, config);
    const classes = ['g4:4:15000:1', 'p3:8:60000:1'];
    const made = await runPython('test/cloud/batch/moto_queues.py', [
      moto.url,
      'holdout-runner-',
      'simulated-',
      ...classes,
    ]);
    assert.deepEqual(made, ['simulated-g4', 'simulated-p3']);
    programs = programsWithBatchAt(moto.url);
    await home.open({}, { programs });
    const began = Date.now();
    const held = await home.run('start', home.file);
    assert.equal(held.status, 3, held.stderr);
    assert.ok(Date.now() - began < 120_000);
    assert.match(
      held.stderr,
      /is blocked: g4 is blocked since .*: the job SUCCEEDED without an outcome → compare the image/,
    );
    const jobs = [await jobsOf('simulated-g4'), await jobsOf('simulated-p3')];
    assert.ok(jobs.every((count) => count <= 3) && jobs.some((count) => count >= 3), `${jobs.join(' and ')} jobs`);
    const { counts, hold } = await home.progress();
    assert.deepEqual([counts.failed, counts.cancelled, hold], [0, 0, 'platform']);
  });

  itWithPython('ends by abort within 30 seconds', async () => {
    const began = Date.now();
    await home.command(0, 'abort', '--yes');
    await home.command(3, 'watch');
    assert.ok(Date.now() - began < 30_000, `${Date.now() - began} ms`);
    const { submissions } = await home.results();
    assert.deepEqual(new Set(submissions.map(({ state }) => state)), new Set(['cancelled']));
  });
});
