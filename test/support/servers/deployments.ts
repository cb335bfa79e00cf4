import type { Client } from '@temporalio/client';
import { deploymentName } from '../../../src/worker/worker-build.ts';
import { noContent, tryAgainSignal } from '../../../src/workflows/signals-and-queries.ts';
import { eventually } from '../eventually.ts';

/** Makes a build the current one, as `temporal worker deployment set-current-version` does; waits until Temporal knows its worker. */
export const makeCurrent = ({ workflowService, options }: Client, buildId: string): Promise<void> =>
  eventually(`${buildId} is the current build`, async () => {
    const { namespace } = options;
    await workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId });
    return true;
  });

/** The build that a workflow belongs to; undefined: none. */
export async function buildOf({ workflow }: Client, workflowId: string): Promise<string | undefined> {
  const { raw } = await workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}

/**
 * Takes a workflow from its build to the current one, as `temporal workflow update-options --versioning-override-behavior
 * auto_upgrade` does, and makes it take its next step.
 */
export async function moveToCurrent({ workflowService, options, workflow }: Client, workflowId: string): Promise<void> {
  await workflowService.updateWorkflowExecutionOptions({
    namespace: options.namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { versioningOverride: { autoUpgrade: true } },
    updateMask: { paths: ['versioning_override'] },
  });
  await workflow.getHandle(workflowId).signal(tryAgainSignal, noContent);
}
