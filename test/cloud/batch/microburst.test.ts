import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignResults } from '../../../src/ledger/results.ts';
import { writeCampaignFolder } from '../../support/campaigns/simulated-campaign.ts';
import { SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { itWithPython } from '../python.ts';
import { programsWithBatchAt } from '../../support/campaigns/programs-with-batch-at.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { Microburst, type Rule } from './microburst.ts';

/** Notes every call that no other rule touches. */
const note: Rule = { service: 'batch', latency: 1 };

/** Faults by microburst alone, on the worker's way to Batch, and the action by which its log shows them. */
const faults: Record<string, { rules: Rule[]; action: RegExp }> = {
  'half of all calls throttled': {
    rules: [{ service: 'batch', probability: 0.5, error: { code: 'TooManyRequestsException', status: 429 } }],
    action: /TooManyRequests/,
  },
  'answers of SubmitJob cut': {
    rules: [{ service: 'batch', operation: 'SubmitJob', sequence: { fail: 1, pass: 1 }, response: { abort_bytes: 1 } }],
    action: /abort/,
  },
  'every answer five seconds late': { rules: [{ service: 'batch', latency: 5_000 }], action: /latency/ },
  'every third connection reset': {
    rules: [{ service: 'batch', sequence: { fail: 1, pass: 2 }, reset: true }],
    action: /reset/,
  },
};

describe('the worker on a bad way to Batch', function () {
  this.timeout(300_000);
  const shape = { teams: [1, 1, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 1_000, unprobed: true as const };
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

  const calls = async (operation: string): Promise<number> =>
    (await microburst.fired()).filter((one) => one.operation === operation).length;

  let undisturbed: Record<string, unknown> = {};
  /** Calls of ListJobs without faults. */
  let looks = 0;
  itWithPython('scores every submission with one job each, without faults', async () => {
    const [port, batch] = [await freePort(), await freePort()];
    programs = programsWithBatchAt(`http://127.0.0.1:${port}`);
    await home.open({}, { programs, ports: { temporal: 0, ui: 0, s3: 0, batch } });
    const key = await home.batch.config.credentials();
    microburst = await Microburst.start(port, `http://127.0.0.1:${batch}`, key);
    await microburst.set([note]);
    undisturbed = await scores('plain');
    assert.equal(Object.keys(undisturbed).length, shape.teams.length);
    for (const one of Object.values(undisturbed)) {
      const { state, jobs } = one as { state: string; jobs: number };
      assert.deepEqual({ state, jobs }, { state: 'finished', jobs: 1 });
    }
    looks = await calls('ListJobs');
    assert.ok(looks >= shape.teams.length, `${looks} calls of ListJobs pass microburst`);
  });

  for (const [index, [name, { rules, action }]] of Object.entries(faults).entries()) {
    itWithPython(`scores alike with ${name}, with one job per run`, async () => {
      await microburst.set(rules);
      assert.deepEqual(await scores(`case${index}`), undisturbed);
      const fired = (await microburst.fired()).filter((one) => action.test(one.action));
      assert.ok(fired.length >= 2, `microburst did it ${fired.length} times`);
    });
  }

  itWithPython('repeats a throttled SubmitJob without looking at the list again', async () => {
    const throttle = { error: { code: 'TooManyRequestsException', status: 429 }, sequence: { fail: 2, pass: 1 } };
    await microburst.set([{ service: 'batch', operation: 'SubmitJob', ...throttle }, note]);
    assert.deepEqual(await scores('throttled'), undisturbed);
    assert.ok((await calls('SubmitJob')) >= 2 * shape.teams.length);
    // Waiting for the list to settle would take five more looks for each run.
    const now = await calls('ListJobs');
    assert.ok(now < looks + 5, `${now} looks, ${looks} without faults`);
  });
});
