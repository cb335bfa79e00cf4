import { counted } from '../../../safe-text.ts';
import { commandMessages } from '../../../workflows/messages.ts';
import { endCampaign } from './end-campaign.ts';

export const register = endCampaign({
  verb: 'close',
  update: commandMessages.close,
  question: 'Close it?',
  jobsLine: ({ counts }) => `${counted(counts.running, 'job')} under way may finish; nothing more is started`,
});
