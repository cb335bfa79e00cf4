/** What the general help says of a command; the rest of it is loaded when it is used. */
export interface ListedCommand {
  description: string;
  /** Each in commander's notation, with a description where the name does not say enough. */
  takes: readonly (readonly [argument: string, description?: string])[];
  hasOptions: boolean;
}

const campaign = ['<campaign>'] as const;
const file = ['[file]', 'campaign file'] as const;
const onCampaign = (description: string): ListedCommand => ({ description, takes: [campaign], hasOptions: true });

/** Every command, in the order of the help. */
export const listedCommands = {
  start: {
    description: 'start a campaign, or go on with it; without FILE the example on the embedded stack',
    takes: [file],
    hasOptions: true,
  },
  plan: {
    description: 'what a campaign will cost and when it is done, before it is started; without FILE the example',
    takes: [file],
    hasOptions: true,
  },
  status: onCampaign('counts by state, money, forecast, what waits and why'),
  watch: onCampaign('follow a campaign until it ends or holds'),
  show: {
    description: 'one submission: how it stands and why, and every run with what it used of its limits',
    takes: [campaign, ['<submission>']],
    hasOptions: true,
  },
  results: onCampaign('every submission: team, state, reason, runs and cost, score'),
  leaderboard: onCampaign('who is ahead'),
  report: {
    description: 'write leaderboard.csv, results.json and report.txt into HOLDOUT_HOME/results',
    takes: [campaign],
    hasOptions: false,
  },
  pause: onCampaign('start nothing new of a campaign, or of one team'),
  resume: onCampaign('go on with a campaign, with one team, or with an instance class that is held'),
  reprioritise: onCampaign('put a team ahead or behind'),
  'set-slots': onCampaign('how many jobs of an instance class run at a time'),
  'raise-budget': onCampaign('the new budget, also after the campaign’s end'),
  'set-deadline': onCampaign('the new deadline, also after the campaign’s end'),
  retry: onCampaign('run submissions once more from their image on, also after the campaign’s end'),
  rescore: onCampaign('score predictions once more, of all or of some, also after the campaign’s end'),
  cancel: onCampaign('end submissions that are under way or wait for their turn'),
  close: onCampaign('start nothing more, let running jobs finish, publish the results'),
  abort: onCampaign('end every job and submission now, publish the results'),
  doctor: {
    description: 'what is installed and reachable, and the command that fixes what is not',
    takes: [],
    hasOptions: false,
  },
  local: { description: 'the embedded stack by hand', takes: [], hasOptions: false },
} satisfies Record<string, ListedCommand>;

export type CommandName = keyof typeof listedCommands;

export const commandNames = Object.keys(listedCommands) as CommandName[];
