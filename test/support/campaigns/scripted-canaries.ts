import { Context } from '@temporalio/activity';
import type { CanaryAwaitOrder } from '../../../src/activities/canaries/await-canary.ts';
import type { Activities } from '../../../src/activities/index.ts';
import type { Submitted } from '../../../src/batch/submit-once.ts';
import type { CanaryReport, CanaryVerdict } from '../../../src/campaign/model/canary-report.ts';

type CanaryActivities = Pick<Activities, 'submitCanary' | 'awaitCanary' | 'recordCanary'>;

/** What a scripted canary costs, in micro-dollars. */
export const scriptedCanaryCost = 500;

/** Canaries with scripted ends, and their records in memory; by default all controls hold. */
export class ScriptedCanaries {
  /** `<campaign>/_canary-<class>/<n>` of every call that submits. */
  readonly submitted: string[] = [];
  readonly records: (CanaryReport & { campaign: string })[] = [];
  script: (order: CanaryAwaitOrder) => CanaryVerdict | 'until-cancelled' = () => ({ kind: 'holds' });
  /** Batch's response to a submit; undefined: it creates the job. */
  submit: (runKey: string, withdraw: boolean) => Submitted | undefined = () => undefined;
  /** Delays the end of a canary. */
  hold: (order: CanaryAwaitOrder) => Promise<void> | undefined = () => undefined;

  reset(): void {
    this.submitted.length = 0;
    this.records.length = 0;
    this.script = () => ({ kind: 'holds' });
    this.submit = () => undefined;
    this.hold = () => undefined;
  }

  /** The class is open when the campaign starts. */
  open(campaign: string, name: string): void {
    const opened = { class: name, n: 1, jobId: null, verdict: { kind: 'holds' } as const };
    this.records.push({ campaign, ...opened, billedSeconds: 0, costMicroUsd: 0 });
  }

  ended(campaign: string): CanaryReport[] {
    return this.records.filter((record) => record.campaign === campaign);
  }

  activities(): CanaryActivities {
    return {
      submitCanary: async ({ campaign, submission, n, withdraw = false }) => {
        const runKey = `${campaign}/${submission}/${n}`;
        if (!withdraw) this.submitted.push(runKey);
        const response = this.submit(runKey, withdraw);
        return response ?? (withdraw ? { kind: 'abandoned' } : { kind: 'submitted', jobId: `job-${submission}-${n}` });
      },
      awaitCanary: async (order) => {
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), 100);
        try {
          await Promise.race([this.hold(order), context.cancelled]);
          return { ...this.report(order), verdict: await this.verdict(order) };
        } finally {
          clearInterval(beat);
        }
      },
      recordCanary: async ({ campaign, report }) => {
        const same = (record: CanaryReport): boolean => record.class === report.class && record.n === report.n;
        const known = this.ended(campaign).find(same);
        if (known === undefined) this.records.push({ campaign, ...report });
        return known ?? report;
      },
    };
  }

  private async verdict(order: CanaryAwaitOrder): Promise<CanaryVerdict> {
    const scripted = this.script(order);
    if (scripted !== 'until-cancelled') return scripted;
    if (!order.giveUp) await Context.current().cancelled.catch(() => undefined);
    return { kind: 'no-outcome', reason: 'cancelled', cause: 'Holdout: cancelled' };
  }

  private report({ class: name, n, jobId }: CanaryAwaitOrder): Omit<CanaryReport, 'verdict'> {
    return { class: name, n, jobId, billedSeconds: 20, costMicroUsd: scriptedCanaryCost };
  }
}
