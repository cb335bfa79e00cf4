import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CampaignResults } from '../../../src/ledger/results.ts';
import { resultObjects } from '../../../src/object-keys.ts';
import { ObjectStore } from '../../../src/s3/object-store.ts';
import type { Ended } from '../campaign-command.ts';
import { teamsOfTheCase, writeCampaignFolder } from '../campaigns/simulated-campaign.ts';
import { eventually } from '../eventually.ts';
import { jobsThatRan } from './observed-jobs.ts';
import { RemoteStack } from './remote-stack.ts';
import type { TemporalCluster } from './temporal-cluster.ts';

const slots = { g4: 24, p3: 2 };

/** What became of one campaign. */
export interface EndedCampaign {
  /** The state of each submission, by its name. */
  states: Record<string, string>;
  /** The text of leaderboard.csv. */
  leaderboard: string;
  /** What `holdout check` printed, and its exit status. */
  checked: Ended;
  /** The jobs that did the work of a run, by its key. */
  jobs: Map<string, string[]>;
}

/** Equal campaigns of simulated submissions, one after another, on one cluster. */
export class ClusterCampaigns {
  private readonly store = new ObjectStore({ s3PathStyle: true });

  private constructor(
    private readonly stack: RemoteStack,
    readonly submissions: number,
  ) {}

  static async open(temporal: TemporalCluster, submissions: number): Promise<ClusterCampaigns> {
    return new ClusterCampaigns(await RemoteStack.start({ temporal, slots }), submissions);
  }

  /** Runs a campaign to its end by one command, while `meanwhile` happens. */
  async run(campaign: string, meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<EndedCampaign> {
    const shape = { campaign, teams: teamsOfTheCase(this.submissions), slots, budgetUsd: 1_000_000 };
    const file = await writeCampaignFolder(join(this.stack.folder, campaign), shape);
    const [ended] = await Promise.all([this.stack.run('start', file, '--yes', '--json'), meanwhile()]);
    assert.equal(ended.status, 0, `${ended.stdout}\n${ended.stderr}`);
    const { submissions } = JSON.parse(ended.stdout) as CampaignResults;
    const { results } = this.stack.s3.buckets;
    const queues = Object.keys(slots).map((name) => `simulated-${name}`);
    const all = await jobsThatRan(this.stack.batch.client, queues);
    return {
      states: Object.fromEntries(submissions.map(({ submission, state }) => [submission, state])),
      leaderboard: (await this.store.read(results, resultObjects.leaderboard(campaign))).toString(),
      checked: await this.stack.run('check', campaign),
      jobs: new Map([...all].filter(([runKey]) => runKey.startsWith(`${campaign}/`))),
    };
  }

  /** Waits until this share of a campaign’s submissions has ended; fails if all have. Returns their number. */
  async untilEnded(campaign: string, share: number): Promise<number> {
    let ended = 0;
    const reached = async (): Promise<boolean> => {
      ended = await this.records(campaign);
      return ended >= share * this.submissions;
    };
    await eventually(`${share * 100} % of ${campaign} have ended`, reached, { withinMs: 600_000, everyMs: 200 });
    assert.ok(ended < this.submissions, `${campaign} is over before anything could happen to it`);
    return ended;
  }

  stop(): Promise<void> {
    return this.stack.stop();
  }

  /** Of submissions that have ended; what S3 has, whether Temporal is there or not. */
  private async records(campaign: string): Promise<number> {
    let records = 0;
    const { results } = this.stack.s3.buckets;
    for await (const _ of this.store.list(results, resultObjects.ledgerFolder(campaign))) records += 1;
    return records;
  }
}
