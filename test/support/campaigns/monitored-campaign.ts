import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { SubmitJobCommand } from '@aws-sdk/client-batch';
import { jobNameOf } from '../../../src/batch/job-name.ts';
import { taskQueues } from '../../../src/ids.ts';
import { eventually } from '../eventually.ts';
import { freePorts } from '../servers/free-port.ts';
import { endless, SimulatedHome } from './simulated-home.ts';

/** A submission of the campaign, and one that it does not have. */
const [running, planted] = ['zz-canary-0.model-0', 'planted'];

/** The endpoints of the embedded stack, by their ports' distance from the first. */
export const places = { worker: 0, workerSdk: 1, scorer: 2, scorerSdk: 3 } as const;

/**
 * A campaign on a stack with metrics: seven submissions are scored, one crashed, one runs on, there is a forecast, and a
 * workflow task failed. Names are unmistakable.
 */
export class MonitoredCampaign {
  readonly home = new SimulatedHome({ teams: [3, 3, 3], slots: { g4: 3, p3: 1 }, budgetUsd: 1_000, blind: true });
  /** Of the worker's own metrics. */
  port = 0;
  private readonly ambient = process.env['HOLDOUT_METRICS'];

  async open(): Promise<void> {
    this.port = await freePorts(Object.keys(places).length);
    process.env['HOLDOUT_METRICS'] = String(this.port);
    await this.home.open({ [running]: endless, [planted]: endless, 'zz-canary-1.model-0': { end: 'error' } });
    await this.home.begin();
    await this.home.until(
      'one runs, one failed, the others are scored, and there is a forecast',
      ({ counts, forecast }) =>
        counts.finished === 7 && counts.failed === 1 && counts.running === 1 && forecast !== null,
    );
    await this.failWorkflowTask();
    await eventually('it was looked for orphans twice', async () => (await this.orphans()) !== undefined, {
      withinMs: 90_000,
      everyMs: 1_000,
    });
  }

  /** The orphans by kind that the worker shows; undefined: none was looked for. */
  async orphans(): Promise<Record<string, number> | undefined> {
    const series = [...(await this.scrape('worker')).matchAll(/^holdout_orphans\{.*kind="([\w-]+)"\} (\d+)$/gm)];
    return series.length === 0
      ? undefined
      : Object.fromEntries(series.map(([, kind = '', count]) => [kind, Number(count)]));
  }

  /** A job that no workflow asked for; returns its id. */
  async plantJob(): Promise<string> {
    const { campaign } = this.home;
    const runKey = `${campaign}/${planted}/1`;
    const folder = (member: string): string => join(this.home.folder, 's3', 'holdout-runs', campaign, member, '1');
    cpSync(join(folder(running), 'spec.json'), join(folder(planted), 'spec.json'));
    const order = { jobName: jobNameOf(runKey), jobQueue: 'simulated-g4', jobDefinition: 'holdout-runner-g4' };
    const containerOverrides = { environment: [{ name: 'HOLDOUT_RUN_KEY', value: runKey }] };
    const { jobId = '' } = await this.home.batch.send(new SubmitJobCommand({ ...order, containerOverrides }));
    return jobId;
  }

  async scrape(place: keyof typeof places): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.port + places[place]}/metrics`)).text();
  }

  /** The SDK has a series of failures only once there is one. */
  private async failWorkflowTask(): Promise<void> {
    const handle = await this.home.temporal.workflow.start('noSuchWorkflow', {
      taskQueue: taskQueues.main,
      workflowId: 'no-such-workflow',
      args: [],
    });
    await eventually('a workflow task fails', async () =>
      (await this.scrape('workerSdk')).includes('temporal_workflow_task_execution_failed_total{'),
    );
    await handle.terminate();
  }

  async remove(): Promise<void> {
    if (this.ambient === undefined) delete process.env['HOLDOUT_METRICS'];
    else process.env['HOLDOUT_METRICS'] = this.ambient;
    await this.home.remove();
  }
}
