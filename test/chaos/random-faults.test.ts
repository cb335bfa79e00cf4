import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosCampaigns, type Ended } from '../support/chaos/chaos-campaigns.ts';
import { faultPlan, type PlannedFault } from '../support/chaos/fault-plan.ts';
import { inject } from '../support/chaos/inject.ts';

/** By scripts/chaos.mjs. */
const setting = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const [seed, minutes] = [setting('CHAOS_SEED', 1), setting('CHAOS_MINUTES', 4)];
/** Of each campaign; further ones follow until the time is up. */
const submissions = setting('CHAOS_SUBMISSIONS', 250);

describe(`campaigns under random faults, seed ${seed}, ${minutes} minutes`, function () {
  this.timeout(minutes * 60_000 + 6_000_000);
  let campaigns: ChaosCampaigns;
  let calm: Ended;
  const ended: Ended[] = [];
  const done: (PlannedFault & { failed?: string })[] = [];
  after(() => campaigns?.close());

  before(async () => {
    campaigns = await ChaosCampaigns.open(submissions);
    calm = await campaigns.run('calm');
    say(`calm: ${JSON.stringify(calm.states)}`);
    const began = performance.now();
    const carryOut = async (fault: PlannedFault): Promise<void> => {
      await sleep(fault.at);
      const failed = await inject(campaigns.place, fault).then(
        () => ({}),
        (error: unknown) => ({ failed: String(error) }),
      );
      done.push({ ...fault, ...failed });
    };
    const faults = Promise.all(faultPlan(seed, minutes).map(carryOut));
    do {
      const next = await campaigns.run(`chaos-${ended.length + 1}`);
      ended.push(next);
      say(
        `${next.campaign}: ${JSON.stringify(next.states)}, ${next.repeated} runs repeated, ${done.length} faults so far`,
      );
    } while (performance.now() - began < minutes * 60_000);
    await faults;
    if (process.env['CHAOS_WRITE']) write();
  });

  it('carries out the faults of its plan', () => {
    const failed = done.flatMap((fault) => (fault.failed === undefined ? [] : [fault]));
    // A process that is just starting again cannot be killed, for example.
    assert.ok(failed.length <= done.length / 10, JSON.stringify(failed, null, 1));
    assert.ok(done.length > 0);
  });

  it('breaks no invariant', () => {
    for (const { campaign, checked } of [calm, ...ended]) {
      assert.equal(checked.status, 0, `${campaign}: ${checked.output}`);
      assert.match(checked.output, /\(ended\): no breach$/m);
    }
  });

  it('publishes the leaderboard of a campaign without faults, to the byte', () => {
    assert.match(calm.leaderboard, /Team 1/);
    for (const { campaign, leaderboard } of ended) assert.equal(leaderboard, calm.leaderboard, campaign);
  });

  /** For docs/verification/chaos.md. */
  function write(): void {
    const faults: Record<string, number> = {};
    for (const { target, kind, failed } of done) {
      const name = failed === undefined ? `${target}: ${kind}` : 'could not begin';
      faults[name] = (faults[name] ?? 0) + 1;
    }
    const result = {
      seed,
      minutes,
      date: new Date().toISOString().slice(0, 10),
      campaigns: ended.map(({ campaign, states, runs, repeated, checked }) => ({
        campaign,
        states,
        runs,
        repeated,
        breaches: checked.status === 0 ? 0 : checked.output,
      })),
      resumed: campaigns.resumed,
      faults: Object.fromEntries(Object.entries(faults).toSorted(([one], [other]) => one.localeCompare(other))),
    };
    mkdirSync('test/chaos/results', { recursive: true });
    writeFileSync(`test/chaos/results/seed-${seed}.json`, `${JSON.stringify(result, null, 2)}\n`);
  }
});

const say = (line: string): void => void process.stderr.write(`chaos: ${line}\n`);
