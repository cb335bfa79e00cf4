import {
  DescribeJobDefinitionsCommand,
  type BatchClient,
  type JobDefinition as RegisteredDefinition,
} from '@aws-sdk/client-batch';

/** All active revisions of a job definition. */
export async function activeRevisions(batch: BatchClient, jobDefinitionName: string): Promise<RegisteredDefinition[]> {
  const found: RegisteredDefinition[] = [];
  let nextToken: string | undefined;
  do {
    const page = await batch.send(
      new DescribeJobDefinitionsCommand({ jobDefinitionName, status: 'ACTIVE', nextToken }),
    );
    found.push(...(page.jobDefinitions ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found;
}
