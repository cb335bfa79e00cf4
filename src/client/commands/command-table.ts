import type { Register } from './command-context.ts';

interface TableEntry {
  description: string;
  /** In commander's notation; with a description if the name does not say enough. */
  takes: readonly (readonly [argument: string, description?: string])[];
  hasOptions: boolean;
  /** Loads the command; only the one that is used is loaded. */
  load: () => Promise<{ register: Register }>;
}

const campaign = ['<campaign>'] as const;
const file = ['[file]', 'campaign file'] as const;
const onCampaign = (description: string, load: TableEntry['load']): TableEntry => ({
  description,
  takes: [campaign],
  hasOptions: true,
  load,
});

/** Every command, in the order of the help. */
export const commandTable: Readonly<Record<string, TableEntry>> = {
  start: {
    description: 'start a campaign or continue it; without FILE, the example on the embedded stack',
    takes: [file],
    hasOptions: true,
    load: () => import('./start.ts'),
  },
  plan: {
    description: 'forecast cost and duration before the start; without FILE, of the example',
    takes: [file],
    hasOptions: true,
    load: () => import('./plan.ts'),
  },
  status: onCampaign('counts by state, money, forecast, what is blocked and why', () => import('./status.ts')),
  watch: onCampaign('follow a campaign until it ends or needs a decision', () => import('./watch.ts')),
  show: {
    description: 'one submission: its state and why, and every run with its use of the limits',
    takes: [campaign, ['<submission>']],
    hasOptions: true,
    load: () => import('./show.ts'),
  },
  results: onCampaign(
    'the leaderboard, and every submission with state, reason, runs and cost',
    () => import('./results.ts'),
  ),
  leaderboard: onCampaign('teams by rank', () => import('./leaderboard.ts')),
  report: {
    description: 'write leaderboard.csv, results.json and report.txt into HOLDOUT_HOME/results',
    takes: [campaign],
    hasOptions: false,
    load: () => import('./report.ts'),
  },
  pause: onCampaign('start no new runs of a campaign or of one team', () => import('./steering/pause.ts')),
  resume: onCampaign(
    'continue a campaign, one team, or an instance class that is blocked',
    () => import('./steering/resume.ts'),
  ),
  reprioritise: onCampaign('change the priority or weight of a team', () => import('./steering/reprioritise.ts')),
  'set-slots': onCampaign(
    'set how many jobs of an instance class run at a time',
    () => import('./steering/set-slots.ts'),
  ),
  'raise-budget': onCampaign(
    'raise the budget, also after the campaign has ended',
    () => import('./steering/raise-budget.ts'),
  ),
  'set-deadline': onCampaign(
    'set the deadline, also after the campaign has ended',
    () => import('./steering/set-deadline.ts'),
  ),
  retry: onCampaign(
    'evaluate submissions again from their image on, also after the campaign has ended',
    () => import('./steering/retry.ts'),
  ),
  rescore: onCampaign(
    'score predictions again, of all submissions or of some, also after the campaign has ended',
    () => import('./steering/rescore.ts'),
  ),
  cancel: onCampaign('cancel submissions that are under way or queued', () => import('./steering/cancel.ts')),
  close: onCampaign(
    'start nothing more, let running jobs finish, publish the results',
    () => import('./steering/close.ts'),
  ),
  abort: onCampaign('stop every job and submission now, publish the results', () => import('./steering/abort.ts')),
  doctor: {
    description: 'check what is installed and reachable, and name the command that fixes the rest',
    takes: [],
    hasOptions: false,
    load: () => import('./doctor.ts'),
  },
  local: {
    description: 'control the embedded stack by hand',
    takes: [],
    hasOptions: false,
    load: () => import('./local.ts'),
  },
};
