export { campaign } from './campaign/campaign.ts';
export { submission } from './submission/submission.ts';
