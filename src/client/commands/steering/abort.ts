import { dollars } from '../../../campaign/model/money.ts';
import { counted } from '../../../safe-text.ts';
import { commandMessages } from '../../../workflows/messages.ts';
import { endCampaign } from './end-campaign.ts';

export const register = endCampaign({
  verb: 'abort',
  update: commandMessages.abort,
  question: 'Abort it?',
  jobsLine: ({ counts, money }) =>
    `${counted(counts.running, 'job')} under way stop now, and their work is lost; ` +
    `${dollars(money.reserved)} were reserved for them`,
});
