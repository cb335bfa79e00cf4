import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCredentials } from '../../../src/local/stack/home/credentials.ts';
import { openHome } from '../../../src/local/stack/home/home.ts';
import { SimulatedHome } from '../campaigns/simulated-home.ts';
import { teamsOfTheCase, writeCampaignFolder } from '../campaigns/simulated-campaign.ts';
import { eventually } from '../eventually.ts';
import type { Place } from './inject.ts';
import { SmallDisk } from './small-disk.ts';
import { Ways } from './ways.ts';

/** How long a campaign may last under faults, and a command. */
const longestCampaign = { withinMs: 2_400_000, everyMs: 1_000 };
const longestCommand = { withinMs: 300_000, everyMs: 1_000 };

/** What became of one campaign. */
export interface Ended {
  campaign: string;
  /** The text of leaderboard.csv. */
  leaderboard: string;
  /** States of its submissions, with their number. */
  states: Record<string, number>;
  runs: number;
  /** Runs repeated because of the platform. */
  repeated: number;
  /** What `holdout check` printed, and its exit status: 0 means no breach. */
  checked: { status: number | null; output: string };
}

/** Equal campaigns of simulated submissions, one after another, on a stack that faults can reach. */
export class ChaosCampaigns {
  /** How often a blocked campaign was resumed, as its operator would after the end of an outage. */
  resumed = 0;
  private readonly shape;

  private constructor(
    readonly place: Place,
    submissions: number,
  ) {
    this.shape = shapeOf(submissions);
  }

  static async open(submissions: number): Promise<ChaosCampaigns> {
    const disk = new SmallDisk();
    const ways = await Ways.open();
    const home = disk.holding(() => new SimulatedHome(shapeOf(submissions)));
    const campaigns = new ChaosCampaigns({ home, ways, disk }, submissions);
    try {
      // The keys of a home exist before its stack does, whose workers look for S3 when they start.
      const { root, batch } = openCredentials(openHome(home.folder));
      await ways.connect({ s3: root, batch });
      await home.open({}, { programs: ways.programs, ports: ways.ports });
    } catch (error) {
      await campaigns.close();
      throw error;
    }
    return campaigns;
  }

  /** Runs a campaign of this name to its end. */
  async run(campaign: string): Promise<Ended> {
    const { home, disk } = this.place;
    let file = '';
    // The disk may be full at the moment.
    await eventually('there is room for the campaign’s files', async () => {
      file = await writeCampaignFolder(join(disk.folder, 'files', campaign), { ...this.shape, campaign });
      return true;
    });
    await this.insist('start', file, '--detach');
    let looks = 0;
    const isOver = async (): Promise<boolean> => {
      const handle = home.temporal.workflow.getHandle(`campaign:${campaign}`);
      const { status } = await handle.describe();
      if (status.name === 'COMPLETED') return true;
      looks += 1;
      if (looks % 15 === 0) await this.resumeIfBlocked(campaign);
      return false;
    };
    await eventually(`${campaign} ends`, isOver, longestCampaign);
    return this.endOf(campaign);
  }

  async close(): Promise<void> {
    const { home, ways, disk } = this.place;
    await home.remove();
    await ways.close();
    disk.remove();
  }

  private async endOf(campaign: string): Promise<Ended> {
    await this.insist('leaderboard', campaign, '--csv');
    const { submissions } = JSON.parse(await this.insist('results', campaign, '--json')) as {
      submissions: { state: string; runs: { reason: string | null }[] }[];
    };
    const states: Record<string, number> = {};
    for (const { state } of submissions) states[state] = (states[state] ?? 0) + 1;
    const runs = submissions.flatMap((one) => one.runs);
    const { status, stdout, stderr } = await this.checked(campaign);
    return {
      campaign,
      leaderboard: readFileSync(
        join(this.place.home.folder, 's3', 'holdout-results', campaign, 'leaderboard.csv'),
        'utf8',
      ),
      states,
      runs: runs.length,
      repeated: runs.filter(({ reason }) => reason === 'platform-error').length,
      checked: { status, output: stdout + stderr },
    };
  }

  /** 2 means that something could not be asked just now. */
  private async checked(campaign: string): ReturnType<SimulatedHome['run']> {
    for (;;) {
      const ended = await this.place.home.run('check', campaign);
      if (ended.status !== 2) return ended;
      await sleep(2_000);
    }
  }

  private async resumeIfBlocked(campaign: string): Promise<void> {
    const { home } = this.place;
    const handle = home.temporal.workflow.getHandle(`campaign:${campaign}`);
    const { holds } = await handle.query<{ holds: { reason: string }[] }>('progress');
    if (holds.length === 0) return;
    await this.insist('resume', campaign);
    this.resumed += 1;
  }

  /** Repeats a command until it succeeds: the servers that it asks are killed too. Returns its output. */
  private async insist(...args: string[]): Promise<string> {
    let output = '';
    let said = '';
    const succeeds = async (): Promise<boolean> => {
      const { status, stdout, stderr } = await this.place.home.run(...args);
      [output, said] = [stdout, stderr];
      return status === 0;
    };
    await eventually(args.join(' '), succeeds, longestCommand).catch((error: unknown) => {
      throw new Error(`holdout ${args.join(' ')}: ${said}`, { cause: error });
    });
    return output;
  }
}

const shapeOf = (submissions: number) => ({
  teams: teamsOfTheCase(submissions),
  slots: { g4: 12, p3: 2 },
  budgetUsd: 1_000_000,
});
