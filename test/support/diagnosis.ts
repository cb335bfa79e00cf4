import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { taskQueues } from '../../src/ids.ts';
import { runningStack } from '../../src/local/stack/open-stack.ts';
import { lastLines } from '../../src/local/run-command.ts';

/** What can be seen from outside of a stack that does not get on: for the words of a test that waited in vain. */
export async function diagnosisOf(home: string): Promise<string> {
  const address = runningStack(home)?.endpoints.temporal;
  const pending =
    address === undefined ? ['no stack is up'] : await pendingAt(address).catch((error) => [String(error)]);
  return [...pending, ...logsOf(home)].join('\n');
}

const logsOf = (home: string): string[] =>
  readdirSync(join(home, 'logs')).map(
    (file) => `--- ${file}\n${lastLines(readFileSync(join(home, 'logs', file), 'utf8'), 8)}`,
  );

/** Who asks for workflow tasks, and what each workflow that runs waits for. */
async function pendingAt(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    return await connection.withDeadline(Date.now() + 20_000, async () => {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace: 'default',
        taskQueue: { name: taskQueues.main },
        taskQueueType: 1,
      });
      const said = [`${taskQueues.main} is polled by ${JSON.stringify(pollers)}`];
      const { workflow } = new Client({ connection });
      for await (const { workflowId } of workflow.list({ query: 'ExecutionStatus = "Running"' })) {
        const { raw } = await workflow.getHandle(workflowId).describe();
        said.push(`${workflowId}: ${JSON.stringify([raw.pendingWorkflowTask, raw.pendingActivities])}`);
      }
      return said;
    });
  } finally {
    await connection.close();
  }
}
