export { campaign } from './campaign.ts';
export { submission } from './submission.ts';
