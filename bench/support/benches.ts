/** A bench: its script in bench/, and the result it leaves in bench/results. */
export interface Bench {
  name: string;
  script: string;
  args?: string[];
  /** On the machine of the committed results. */
  takes: string;
  /** Heading and introduction on the page. */
  title: string;
  about: string;
}

/** In the order in which they are run and shown. */
export const benches: readonly Bench[] = [
  {
    name: 'scheduler',
    script: 'scheduler.ts',
    takes: '1 minute',
    title: 'One decision',
    about: 'The pure function that decides who starts and who runs, on states as a large campaign has them.',
  },
  {
    name: 'command-line',
    script: 'command-line.ts',
    takes: '1 minute',
    title: 'The command line',
    about: 'What a command takes before it does anything.',
  },
  {
    name: 'fairness',
    script: 'fairness.ts',
    takes: '1 minute',
    title: 'Fairness',
    about: 'The rules that decide a real campaign, on a virtual clock.',
  },
  {
    name: 'forecast',
    script: 'forecast.ts',
    takes: '10 minutes',
    title: 'Forecast',
    about: 'Simulated campaigns of every kind; each forecast beside how the campaign went on.',
  },
  {
    name: 'hurry',
    script: 'hurry.ts',
    takes: '5 minutes',
    title: 'The deadline in danger',
    about: 'Simulated campaigns whose cheapest class would be late, and others that are in time.',
  },
  {
    name: 'forecast-time',
    script: 'forecast-time.ts',
    takes: '5 minutes',
    title: 'What a forecast costs',
    about: 'One forecast in the middle of simulated campaigns of two sizes.',
  },
  {
    name: 'case',
    script: 'case.ts',
    takes: '5 minutes',
    title: 'The case under five policies',
    about:
      '4,200 submissions drawn so that the case’s totals come out, the same for every policy; population and seeds were ' +
      'fixed before any policy was run.',
  },
  {
    name: 'ceiling',
    script: 'ceiling.ts',
    takes: '10 minutes',
    title: 'Beside the ceiling',
    about:
      'Whole campaigns of 300 submissions (real Temporal server, workers, endpoint, S3; jobs simulated) and bare children ' +
      'that go through the same activities and signals with nothing in them, in turns on one stack.',
  },
  {
    name: 'campaign-4200',
    script: 'campaign.ts',
    args: ['4200'],
    takes: '30 minutes',
    title: '4,200 submissions of 2,300 teams, in full',
    about:
      'Real Temporal server, workers, endpoint and S3; jobs simulated at 1,800 times their speed. Meanwhile the campaign is ' +
      'paused and resumed, a team put ahead, the budget used up and raised, and the worker killed three times.',
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
    about: 'Real parent and server; children only start and report, activities answer from memory.',
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
    title: 'From one job to the next',
    about:
      'The gap between a job’s stoppedAt and the next startedAt in the queue while work waits: 20 slots, 300 jobs of 60 s.',
  },
  {
    name: 'api-calls',
    script: 'api-calls.ts',
    takes: '3 minutes',
    title: 'Calls of the Batch API',
    about: 'Two workers submit 1,000 runs as fast as they may and wait for their jobs.',
  },
  {
    name: 'question',
    script: 'question.ts',
    takes: '2 minutes',
    title: 'A question to a dead worker',
    about:
      'A worker is killed, its workflow asked, and something happens; then another worker comes. docs/adr/0008 says why.',
  },
  {
    name: 'gate',
    script: 'gate.ts',
    takes: '20 minutes',
    title: 'The gate for images',
    about: 'An archive of 2 GiB through the gate into the image store, beside what other programs need to read it.',
  },
];
