import { campaign } from './campaign/campaign.ts';
import { followCurrentBuild } from './build-rules.ts';

followCurrentBuild(campaign);

export { campaign };
export { canary } from './canary/canary.ts';
export { submission } from './submission/submission.ts';
