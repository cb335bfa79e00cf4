export { campaign } from './campaign/campaign.ts';
export { canary } from './canary/canary.ts';
export { submission } from './submission/submission.ts';
