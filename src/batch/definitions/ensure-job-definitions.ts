import { RegisterJobDefinitionCommand, type BatchClient } from '@aws-sdk/client-batch';
import { jobDefinitionOf, sharedJobDefinition } from '../../campaign/model/classes/job-definition-name.ts';
import { holdoutError } from '../../errors.ts';
import { activeRevisions } from './active-revisions.ts';
import { isSameDefinition } from './definition-difference.ts';
import { jobDefinition, type JobClass, type RunnerHost } from './job-definition.ts';
import { newestFor } from './newest-revision.ts';

/**
 * Registers a new revision for each class whose newest one with the class's resources differs from {@link jobDefinition}, and
 * nothing for the others. Throws JOB_DEFINITION_SHARED, RUNNER_IMAGE_TAG.
 */
export async function ensureJobDefinitions(
  batch: BatchClient,
  prefix: string,
  host: RunnerHost,
  classes: readonly JobClass[],
): Promise<void> {
  const shared = sharedJobDefinition(classes.map(({ name }) => name));
  if (shared !== undefined) {
    throw holdoutError('JOB_DEFINITION_SHARED', { classes: shared, jobDefinition: jobDefinitionOf(prefix, shared[0]) });
  }
  for (const instanceClass of classes) {
    const wanted = jobDefinition(prefix, host, instanceClass);
    const newest = newestFor(instanceClass, await activeRevisions(batch, wanted.jobDefinitionName));
    if (newest === undefined || !isSameDefinition(wanted, newest)) {
      await batch.send(new RegisterJobDefinitionCommand(wanted));
    }
  }
}
