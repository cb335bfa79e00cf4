import { setWorkflowOptions } from '@temporalio/workflow';
import type { campaign } from './campaign/campaign.ts';

declare global {
  /** Set by a worker with a build id, before it loads this bundle, see worker/worker-build.ts. */
  var holdoutHasBuildId: true | undefined;
}

/**
 * Says that a campaign moves to the current build at its next step; other workflows stay with the build that began them. Temporal
 * refuses such a rule from a worker without a build id.
 */
export function followCurrentBuild(workflow: typeof campaign): void {
  if (globalThis.holdoutHasBuildId) setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, workflow);
}
