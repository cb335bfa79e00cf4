import type { Register } from './command-context.ts';

interface TableEntry {
  /** In commander's notation; with a description if the name does not say enough. */
  takes: readonly (readonly [argument: string, description?: string])[];
  description: string;
  /** Loads the command; only the one that is used is loaded. */
  load: () => Promise<{ register: Register }>;
  hasOptions: boolean;
}

const nothing: TableEntry['takes'] = [];
const file = [['[file]', 'campaign file']] as const;
const campaign = [['<campaign>']] as const;
const submission = [['<campaign>'], ['<submission>']] as const;

const entry = (
  takes: TableEntry['takes'],
  description: string,
  load: TableEntry['load'],
  hasOptions = true,
): TableEntry => ({ takes, description, load, hasOptions });

/** Every command, in the order of the help. */
export const commandTable: Readonly<Record<string, TableEntry>> = {
  start: entry(file, 'start or continue a campaign; without FILE, the example', () => import('./start.ts')),
  plan: entry(
    file,
    'forecast cost and duration before the start; without FILE, of the example',
    () => import('./plan.ts'),
  ),
  status: entry(campaign, 'counts by state, money, forecast and blocked reasons', () => import('./status.ts')),
  watch: entry(campaign, 'follow a campaign until it ends or needs a decision', () => import('./watch.ts')),
  show: entry(
    submission,
    'state of one submission, and every run with its use of the limits',
    () => import('./show.ts'),
  ),
  results: entry(
    campaign,
    'leaderboard, and state, reason, runs and cost of each submission',
    () => import('./results.ts'),
  ),
  leaderboard: entry(campaign, 'teams by rank', () => import('./leaderboard.ts')),
  report: entry(
    campaign,
    'write leaderboard.csv, results.json and report.txt into HOLDOUT_HOME/results',
    () => import('./report.ts'),
    false,
  ),
  verify: entry(
    campaign,
    'check the whole record and compute scores, leaderboard and cost again, from S3 alone',
    () => import('./verify.ts'),
  ),
  check: entry(
    campaign,
    'compare record, Temporal, Batch and this machine: nothing lost, paid twice or left over',
    () => import('./check.ts'),
  ),
  unseal: entry(
    submission,
    'open the sealed log or output of a run; needs a reason, and leaves a record',
    () => import('./unseal.ts'),
  ),
  pause: entry(campaign, 'start no new runs of a campaign or of one team', () => import('./steering/pause.ts')),
  resume: entry(
    campaign,
    'continue a campaign, a team or a blocked instance class',
    () => import('./steering/resume.ts'),
  ),
  reprioritise: entry(campaign, 'change a team’s priority or weight', () => import('./steering/reprioritise.ts')),
  'set-slots': entry(campaign, 'limit the running jobs of an instance class', () => import('./steering/set-slots.ts')),
  'raise-budget': entry(
    campaign,
    'raise the budget, even of an ended campaign',
    () => import('./steering/raise-budget.ts'),
  ),
  'set-deadline': entry(
    campaign,
    'set the deadline, even of an ended campaign',
    () => import('./steering/set-deadline.ts'),
  ),
  retry: entry(
    campaign,
    'evaluate submissions again, even of an ended campaign',
    () => import('./steering/retry-or-rescore.ts'),
  ),
  rescore: entry(
    campaign,
    'score stored predictions again, even of an ended campaign',
    () => import('./steering/retry-or-rescore.ts'),
  ),
  cancel: entry(campaign, 'cancel running or queued submissions', () => import('./steering/cancel.ts')),
  close: entry(
    campaign,
    'start nothing more, let running jobs finish, publish the results',
    () => import('./steering/close-or-abort.ts'),
  ),
  abort: entry(
    campaign,
    'stop all jobs and submissions now, publish the results',
    () => import('./steering/close-or-abort.ts'),
  ),
  prices: entry(
    [['[type...]', 'EC2 instance types']],
    'instance types that a class can name, with price and source; --refresh: prices of today',
    () => import('./prices.ts'),
  ),
  doctor: entry(
    [['[file]', 'with --aws: campaign file whose queues, job definitions and quotas are checked']],
    'check this machine, or with --aws the cloud, and name the fix for each problem',
    () => import('./doctor.ts'),
  ),
  local: entry(nothing, 'control the embedded stack by hand', () => import('./local.ts'), false),
};
