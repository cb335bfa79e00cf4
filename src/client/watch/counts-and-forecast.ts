import type { Forecast } from '../../campaign/forecasting/forecast.ts';
import { dollars } from '../../campaign/model/money.ts';
import { instantText } from '../../campaign/model/units.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { placementStep } from '../../campaign/model/placement-step.ts';
import { stuckLine } from '../status/trouble/stuck-texts.ts';
import { canaryLines } from '../status/canary-lines.ts';
import { platformFaultLines } from '../status/trouble/platform-fault-lines.ts';
import { machineWaitLines } from '../status/trouble/waits-for-machines.ts';
import { stuckActivityLine, type StuckActivity } from '../status/trouble/stuck-activities.ts';

const forecastEveryMs = 300_000;

/** Prints a campaign's counts and forecast when they change, and everything that is stuck once. */
export class ProgressLines {
  private counts = '';
  private forecast = '';
  private forecastDueAt = 0;
  private readonly stuck = new Set<string>();

  /** `handedIn`: submissions of the manifest. */
  constructor(
    private readonly print: (line: string) => void,
    private readonly handedIn: number,
  ) {}

  say(progress: CampaignProgress, stuck: readonly StuckActivity[], now: number): void {
    const counts = countsLine(progress, this.handedIn);
    if (counts !== this.counts) this.print(counts);
    this.counts = counts;
    for (const activity of stuck) this.sayOnce(activity.what, stuckActivityLine(activity));
    for (const line of [...canaryLines(progress), ...platformFaultLines(progress), ...machineWaitLines(progress)])
      this.sayOnce(line, line);
    for (const one of progress.stuck.filter(({ what }) => what !== placementStep))
      this.sayOnce(`of ${one.submission}`, `stuck: ${stuckLine(one)}`);
    if (progress.forecast && now >= this.forecastDueAt) this.sayForecast(progress.forecast, now);
  }

  private sayOnce(name: string, line: string): void {
    if (!this.stuck.has(name)) this.print(`  ${line}`);
    this.stuck.add(name);
  }

  private sayForecast({ finish, spend }: Forecast, now: number): void {
    const line =
      `  forecast: finished ${instantText(finish.p50)}, in 9 of 10 cases by ${instantText(finish.p90)}; ` +
      `${dollars(spend.p50)}, in 9 of 10 cases at most ${dollars(spend.p90)}`;
    if (line !== this.forecast) this.print(line);
    this.forecast = line;
    this.forecastDueAt = now + forecastEveryMs;
  }
}

/**
 * `3 running, 2 waiting, 5 finished; spent $0.12 of $20.00`. A submission of the manifest that is in none of the counts has
 * left the queue, and its workflow is being started.
 */
export function countsLine({ counts, money, submissions }: CampaignProgress, handedIn = 0): string {
  const { queued, ...others } = counts;
  const all = { queued, starting: handedIn - submissions, ...others };
  const parts = Object.entries(all).flatMap(([stage, count]) => (count > 0 ? [`${count} ${stage}`] : []));
  return `  ${parts.join(', ')}; spent ${dollars(money.spent)} of ${dollars(money.budget)}`;
}
