import { readFileSync } from 'node:fs';
import type { WorkerDeploymentOptions, WorkflowBundleOption } from '@temporalio/worker';
import { holdoutError } from '../errors.ts';

/** The name of the Temporal worker deployment whose versions are the builds. */
export const deploymentName = 'holdout';

/** Temporal splits at the dot between the name of a deployment and a build id, so a build id may have dots. */
const buildId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Which build a worker says that it is; undefined: it says nothing, and takes whatever there is. Throws SETTING_INVALID. */
export function buildIdFrom(option: string | undefined, variable: string | undefined): string | undefined {
  const [name, value] = option === undefined ? ['HOLDOUT_BUILD_ID', variable] : ['--build', option];
  if (option === undefined && !value) return undefined;
  if (value !== undefined && buildId.test(value)) return value;
  const allowed = [
    'a name of at most 63 letters, digits, dots, underscores and hyphens, such as 2026-12-05 or a commit',
  ];
  throw holdoutError('SETTING_INVALID', { name, value: value ?? '', allowed });
}

/**
 * How the worker of the queue main takes workflows: those of its build and, once it is the current one, new ones. Without a build
 * id, every one.
 */
export function workflowOptions(
  codePath: string,
  id: string | undefined,
): { workflowBundle: WorkflowBundleOption; workerDeploymentOptions?: WorkerDeploymentOptions } {
  if (id === undefined) return { workflowBundle: { codePath } };
  return {
    // Before the code, and without a new line: the lines of its source map stay what they are.
    workflowBundle: { code: `globalThis.holdoutHasBuildId=true;${readFileSync(codePath, 'utf8')}` },
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName, buildId: id },
      defaultVersioningBehavior: 'PINNED',
    },
  };
}
