/** A benchmark: its script in bench/ and its result in bench/results. */
export interface Bench {
  name: string;
  script: string;
  args?: string[];
  /** Duration on the machine of the committed results. */
  takes: string;
  /** Heading and introduction on the page. */
  title: string;
  about: string;
}

/** In the order in which they run and appear on the page. */
export const benches: readonly Bench[] = [
  {
    name: 'scheduler',
    script: 'scheduler.ts',
    takes: '1 minute',
    title: 'One scheduling decision',
    about:
      'The function that decides which submissions start and which runs are granted, on states of a large campaign.',
  },
  {
    name: 'command-line',
    script: 'command-line.ts',
    takes: '1 minute',
    title: 'The command line',
    about: 'The overhead of a command before it does anything.',
  },
  {
    name: 'fairness',
    script: 'fairness.ts',
    takes: '1 minute',
    title: 'Fairness',
    about: 'The rules of a real campaign on a virtual clock.',
  },
  {
    name: 'forecast',
    script: 'forecast.ts',
    takes: '10 minutes',
    title: 'Forecast',
    about: 'Simulated campaigns of every kind; each forecast is compared with the further course of its campaign.',
  },
  {
    name: 'deadline-at-risk',
    script: 'deadline-at-risk.ts',
    takes: '5 minutes',
    title: 'Deadline at risk',
    about: 'Simulated campaigns that would miss the deadline on the cheapest class, and others that would meet it.',
  },
  {
    name: 'forecast-time',
    script: 'forecast-time.ts',
    takes: '5 minutes',
    title: 'Cost of a forecast',
    about: 'One forecast in the middle of simulated campaigns of three sizes.',
  },
  {
    name: 'case',
    script: 'case.ts',
    takes: '5 minutes',
    title: 'The original competition under five policies',
    about:
      '4,200 submissions, drawn so that the original totals result, the same for every policy; population and seeds were ' +
      'fixed before any policy was run.',
  },
  {
    name: 'ceiling',
    script: 'ceiling.ts',
    takes: '10 minutes',
    title: 'Rate relative to the upper bound',
    about:
      'Whole campaigns of 300 submissions (real Temporal server, workers, endpoint and S3; simulated jobs) alternate with bare ' +
      'child workflows that go through the same activities and signals without content, on one stack.',
  },
  {
    name: 'cluster',
    script: 'cluster.ts',
    takes: '10 minutes',
    title: 'PostgreSQL beside SQLite',
    about:
      'Bare campaigns of 150 child workflows, with the activities and signals of whole campaigns, in turn on a Temporal server over ' +
      'SQLite and on one over PostgreSQL.',
  },
  {
    name: 'verify',
    script: 'verify.ts',
    takes: '1 minute',
    title: 'Verification of a record',
    about:
      '`holdout verify` on the record of a campaign of 600 in a real S3 server: every object is read, every score computed.',
  },
  {
    name: 'cost-of-checks',
    script: 'cost-of-checks.ts',
    takes: '20 minutes',
    title: 'Cost of the codec and of the checks',
    about: 'Whole campaigns before payloads were sealed and records verified, in turn with those of now.',
  },
  {
    name: 'campaign-600',
    script: 'campaign.ts',
    args: ['600'],
    takes: '4 minutes',
    title: '600 submissions, in full: the quick form',
    about: 'The same as the next, with 600 submissions. The endpoint refuses calls above 50 a second, as Batch does.',
  },
  {
    name: 'campaign-4200',
    script: 'campaign.ts',
    args: ['4200'],
    takes: '30 minutes',
    title: '4,200 submissions of 2,300 teams, in full',
    about:
      'Real Temporal server, workers, endpoint and S3; jobs simulated at 1,800 times their speed. During the run, the campaign is ' +
      'paused and resumed, a team is prioritised, the budget runs out and is raised, and the worker is killed three times.',
  },
  {
    name: 'campaign-20000',
    script: 'campaign.ts',
    args: ['20000'],
    takes: '3 hours',
    title: '20,000 submissions, in full',
    about: 'The same with 20,000.',
  },
  {
    name: 'parent-4200',
    script: 'parent.ts',
    args: ['4200'],
    takes: '3 minutes',
    title: 'The campaign’s workflow alone, 4,200 submissions',
    about: 'Real campaign workflow and server; child workflows only start and report, activities return from memory.',
  },
  {
    name: 'parent-100000',
    script: 'parent.ts',
    args: ['100000'],
    takes: '1 hour',
    title: 'The campaign’s workflow alone, 100,000 submissions',
    about: 'The same with 100,000.',
  },
  {
    name: 'hand-over',
    script: 'hand-over.ts',
    takes: '17 minutes',
    title: 'Gap between jobs',
    about:
      'The gap between a job’s stoppedAt and the next startedAt in its queue while jobs wait: 20 slots, 300 jobs of 60 s.',
  },
  {
    name: 'takeover',
    script: 'takeover.ts',
    takes: '3 minutes',
    title: 'Takeover by another worker',
    about:
      'The worker that follows most of three running jobs is killed or asked to end, ten times in turn; another one is there. How long no worker follows the jobs.',
  },
  {
    name: 'api-calls',
    script: 'api-calls.ts',
    takes: '3 minutes',
    title: 'Calls of the Batch API',
    about: 'Two workers submit 1,000 runs as fast as permitted and wait for their jobs.',
  },
  {
    name: 'question',
    script: 'question.ts',
    takes: '2 minutes',
    title: 'A query while no worker is alive',
    about:
      'A worker is killed, its workflow is queried and receives a signal, then another worker starts; docs/adr/0008 explains why.',
  },
  {
    name: 'sealing',
    script: 'sealing.ts',
    takes: '2 minutes',
    title: 'Sealing',
    about: 'Predictions as the runner copies and seals them, and as the scorer opens them.',
  },
  {
    name: 'gate',
    script: 'gate.ts',
    takes: '20 minutes',
    title: 'The gate for images',
    about:
      'A 2 GiB archive passes the gate into the image store, compared with the time that other programs need to read it.',
  },
  {
    name: 'pull',
    script: 'pull.ts',
    takes: '15 minutes',
    title: 'A 2 GiB image from S3 into ECR',
    about:
      'A worker of the queue `images` copies a 2 GiB archive from a real S3 server through the gate into a real registry with ' +
      'ECR’s host name, TLS and logins; /usr/bin/time measures the process.',
  },
];
