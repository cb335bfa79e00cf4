import { costMicroUsd, dollars } from '../../campaign/model/money.ts';
import { byName } from '../../campaign/model/by-name.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import type { RunRecord } from '../../campaign/model/messages.ts';
import { awsAccount } from '../../local/stack/parts/environment.ts';
import { table } from '../table.ts';

/** How long the instances of a class ran at least, from the records of their runs. Seconds and micro-dollars. */
export interface InstanceTime {
  instances: number;
  /** Those whose instance is known. */
  runs: number;
  /** Sum over the instances: from the start of the first job to the stop of the last. */
  seconds: number;
  /** Those seconds at the price of the class. */
  atLeastMicroUsd: number;
  /** The part of the seconds in which none of these runs was billed. */
  betweenJobsSeconds: number;
}

interface Occupied {
  class: string;
  /** Instants in ms. */
  from: number;
  to: number;
  runs: number;
  billedSeconds: number;
}

/**
 * A lower bound of what an account pays for instances, by class: an instance lives at least from its first job to its last. Its
 * boot and its idle time at the end are in no record. Classes whose instances are not known are absent: the local endpoint's
 * jobs have none.
 */
export function instanceTime(
  runs: readonly RunRecord[],
  classes: readonly Pick<InstanceClass, 'name' | 'microUsdPerHour'>[],
): Record<string, InstanceTime> {
  const totals: Record<string, InstanceTime> = byName();
  for (const { class: name, from, to, runs: jobs, billedSeconds } of occupied(runs).values()) {
    const price = classes.find((one) => one.name === name)?.microUsdPerHour;
    if (price === undefined) continue;
    const seconds = Math.ceil((to - from) / 1000);
    const total = (totals[name] ??= { instances: 0, runs: 0, seconds: 0, atLeastMicroUsd: 0, betweenJobsSeconds: 0 });
    total.instances += 1;
    total.runs += jobs;
    total.seconds += seconds;
    total.atLeastMicroUsd += costMicroUsd(seconds, price);
    total.betweenJobsSeconds += Math.max(0, seconds - billedSeconds);
  }
  return totals;
}

/** The time of each instance, by class and ARN. */
function occupied(runs: readonly RunRecord[]): Map<string, Occupied> {
  const instances = new Map<string, Occupied>();
  for (const { class: name, facts, billedSeconds } of runs) {
    const { containerInstanceArn: arn, jobStartedAt, jobStoppedAt } = facts?.batch ?? {};
    if (arn === undefined || jobStartedAt === undefined || jobStoppedAt === undefined || isLocal(arn)) continue;
    const [from, to] = [Date.parse(jobStartedAt), Date.parse(jobStoppedAt)];
    const key = `${name} ${arn}`;
    const known = instances.get(key) ?? { class: name, from, to, runs: 0, billedSeconds: 0 };
    instances.set(key, {
      class: name,
      from: Math.min(known.from, from),
      to: Math.max(known.to, to),
      runs: known.runs + 1,
      billedSeconds: known.billedSeconds + billedSeconds,
    });
  }
  return instances;
}

const isLocal = (arn: string): boolean => arn.split(':')[4] === awsAccount;

/** A titled table; empty if no instance is known. */
export function instanceTimeBlocks(times: Record<string, InstanceTime>, columns?: number): string[] {
  const rows = Object.entries(times).map(([name, time]) => [
    name,
    String(time.instances),
    String(time.runs),
    `${time.seconds} s`,
    `${time.betweenJobsSeconds} s`,
    dollars(time.atLeastMicroUsd),
  ]);
  if (rows.length === 0) return [];
  const head = ['class', 'instances', 'runs', 'first to last job', 'between jobs', 'at least'];
  const title = 'instance time, a lower bound: boot and idle time at the end are not in it (docs/planning.md)';
  return [`${title}\n${table(head, rows, columns)}`];
}
