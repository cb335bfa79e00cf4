import type { Client } from '@temporalio/client';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { OnCall } from '../../metrics/aws-calls.ts';
import type { JobPoller } from '../../batch/job-poller.ts';
import { campaignMetrics, type CampaignMetricName } from './campaign-metrics.ts';
import { CampaignReader, type Reading } from './campaign-reader.ts';
import { samplesOf } from './campaign-samples.ts';
import { orphanKinds, type OrphanWatch } from './orphan-watch.ts';

/** prom-client's gauges whose names end like those of counters, which `promtool check metrics` refuses. */
const misnamed = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

/** Holdout's metrics of one worker process, and what it reads of the campaigns. */
export class WorkerMetrics {
  private readonly registry = new Registry();
  private readonly calls: Counter<'service' | 'operation' | 'result'>;
  private readonly gauges = new Map<CampaignMetricName, Gauge>();
  private campaigns: CampaignReader | undefined;
  private orphans: Pick<OrphanWatch, 'of'> | undefined;
  private temporalUp: Gauge | undefined;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    for (const name of misnamed) this.registry.removeSingleMetric(name);
    this.calls = new Counter({
      name: 'holdout_aws_calls_total',
      help: 'Calls to AWS Batch and S3, repetitions included, by result: answered, throttled, failed.',
      labelNames: ['service', 'operation', 'result'],
      registers,
    });
  }

  /** Counts a call. A series of throttled calls exists from the first call on, so that its increase can be seen. */
  readonly onCall: OnCall = (service, operation, result) => {
    this.calls.inc({ service, operation, result: 'throttled' }, 0);
    this.calls.inc({ service, operation, result });
  };

  /** Shows for how long Batch has not answered. */
  followPoller(poller: Pick<JobPoller, 'outage'>): void {
    const outage = new Gauge({
      name: 'holdout_batch_outage_seconds',
      help: 'For how long polls of Batch have failed; 0 after a successful one.',
      registers: [],
      collect() {
        this.set(poller.outage === null ? 0 : (Date.now() - poller.outage.since) / 1000);
      },
    });
    this.registry.registerMetric(outage);
  }

  /** Shows the running campaigns, which are read at every scrape, see {@link CampaignReader}. */
  followCampaigns(client: Pick<Client, 'withDeadline' | 'workflow'>, orphans: Pick<OrphanWatch, 'of'>): void {
    const registers = [this.registry];
    this.campaigns = new CampaignReader(client);
    this.orphans = orphans;
    this.temporalUp = new Gauge({
      name: 'holdout_temporal_up',
      help: 'Whether Temporal lists the running campaigns: 1, or 0.',
      registers,
    });
    for (const [name, { help, labels }] of Object.entries(campaignMetrics))
      this.gauges.set(name as CampaignMetricName, new Gauge({ name, help, labelNames: [...labels], registers }));
  }

  /** All metrics in Prometheus's text format. */
  async text(): Promise<string> {
    if (this.campaigns) this.show(await this.campaigns.read());
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private show({ temporalUp, campaigns }: Reading): void {
    this.temporalUp?.set(Number(temporalUp));
    for (const gauge of this.gauges.values()) gauge.reset();
    for (const [campaign, read] of campaigns) {
      for (const { name, labels, value } of samplesOf(read)) this.gauges.get(name)?.set({ campaign, ...labels }, value);
    }
    for (const [campaign, counts] of this.orphans?.of([...campaigns.keys()]) ?? [])
      for (const kind of orphanKinds) this.gauges.get('holdout_orphans')?.set({ campaign, kind }, counts[kind]);
  }
}
