import type { CampaignProgress } from '../../../src/campaign/operators/progress.ts';

const nothing = { queued: 0, preparing: 0, waiting: 0, running: 0, scoring: 0, finished: 0, failed: 0, cancelled: 0 };
const ends = { p10: 0, p50: 0, p90: 0 };
const money = { budget: 1, rerunReserve: 0, spent: 0, reserved: 0, probes: 0, overhead: 0, canaries: 0 };
const free = { slots: 1, running: 1, waiting: 0, spent: 0, short: false, ended: 0, outOfMemory: 0, times: 1 };

/** The progress of a campaign with this text wherever a person, a program or a service wrote one. */
export const hostileProgress = (text: string): CampaignProgress => ({
  campaign: 'c',
  hold: 'platform',
  holds: [{ hold: 'platform', class: text, cause: text, since: 0 }],
  closing: null,
  deadline: '2026-01-01T01:00:00.123Z',
  hurry: true,
  forecast: { finish: ends, finishUnhurried: ends, finishHurried: ends, spend: ends, remedies: ['set-slots'] },
  submissions: 1,
  counts: { ...nothing, running: 1 },
  reasons: {},
  money,
  classes: {
    [text]: {
      ...free,
      held: { cause: text, since: 0 },
      canary: {
        n: 1,
        since: 0,
        faults: { count: 1, cause: text },
        stuck: { what: 'awaitCanary', cause: text, tries: 5, since: 0 },
      },
      fault: { cause: text, count: 1, since: 0 },
    },
  },
  pausedTeams: [text],
  prioritised: [{ team: text, priority: 1, weight: 1 }],
  stuck: [
    { submission: text, what: 'pullImage', cause: text, tries: 5, since: 0, class: text },
    { submission: 's', shownAs: text, what: 'pullImage', cause: text, tries: 5, since: 0 },
  ],
  operatorsLog: [
    { at: '2026-01-01T00:00:00.000Z', by: text, act: text },
    { at: '2026-01-01T00:00:00.000Z', by: text, act: 'pause', shown: text, refused: text },
  ],
});
