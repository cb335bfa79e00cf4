import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignResults } from '../../../src/ledger/results.ts';
import { writeCampaignFolder } from '../../support/campaigns/simulated-campaign.ts';
import { SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { itWithPython } from '../python.ts';
import { freePort } from '../server-process.ts';
import { Microburst, programsWithBatchAt, type Rule } from './microburst.ts';

/** Faults by microburst alone, on the worker's way to Batch. */
const faults: Record<string, Rule[]> = {
  'half of all calls throttled': [
    { service: 'batch', probability: 0.5, error: { code: 'TooManyRequestsException', status: 429 } },
  ],
  'answers of SubmitJob cut': [
    { service: 'batch', operation: 'SubmitJob', sequence: { fail: 1, pass: 1 }, response: { abort_bytes: 1 } },
  ],
  'every answer five seconds late': [{ service: 'batch', latency: 5_000 }],
  'every third connection reset': [{ service: 'batch', sequence: { fail: 1, pass: 2 }, reset: true }],
};

describe('the worker on a bad way to Batch', function () {
  this.timeout(300_000);
  const shape = { teams: [1, 1, 1, 1, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 1_000, unprobed: true as const };
  const home = new SimulatedHome(shape);
  let microburst: Microburst;
  let programs = '';
  after(async () => {
    await home.remove();
    await microburst?.stop();
    if (programs !== '') rmSync(programs, { recursive: true });
  });

  /** Runs a campaign to its end; returns its submissions with their scores and their number of jobs. */
  async function scores(campaign: string): Promise<Record<string, unknown>> {
    const file = await writeCampaignFolder(join(home.folder, '..', campaign), { ...shape, campaign });
    await home.holdout(0, 'start', file);
    const { submissions } = JSON.parse(await home.holdout(0, 'results', campaign, '--json')) as CampaignResults;
    const jobs = await home.allJobs();
    return Object.fromEntries(
      submissions.map(({ submission, state, score }) => [
        submission,
        { state, score, jobs: jobs.filter(({ runKey }) => runKey.startsWith(`${campaign}/${submission}/`)).length },
      ]),
    );
  }

  let undisturbed: Record<string, unknown> = {};
  itWithPython('scores every submission with one job each, without faults', async () => {
    const [port, batch] = [await freePort(), await freePort()];
    programs = programsWithBatchAt(`http://127.0.0.1:${port}`);
    await home.open({}, { programs, ports: { temporal: 0, ui: 0, s3: 0, batch } });
    const key = await home.batch.config.credentials();
    microburst = await Microburst.start(port, `http://127.0.0.1:${batch}`, key);
    await microburst.set([{ service: 'batch', latency: 1 }]);
    undisturbed = await scores('plain');
    assert.equal(Object.keys(undisturbed).length, 6);
    for (const one of Object.values(undisturbed)) {
      const { state, jobs } = one as { state: string; jobs: number };
      assert.deepEqual({ state, jobs }, { state: 'finished', jobs: 1 });
    }
    assert.ok(
      (await microburst.fired()).some(({ operation }) => operation === 'SubmitJob'),
      'calls pass microburst',
    );
  });

  for (const [index, [name, rules]] of Object.entries(faults).entries()) {
    itWithPython(`scores alike with ${name}, with one job per run`, async () => {
      await microburst.set(rules);
      assert.deepEqual(await scores(`case${index}`), undisturbed);
      assert.ok((await microburst.fired()).length >= 3, 'microburst did something');
    });
  }
});
