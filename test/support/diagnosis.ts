import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { taskQueues } from '../../src/ids.ts';
import { runningStack } from '../../src/local/stack/open-stack.ts';
import { lastLines } from '../../src/run-command.ts';

/** Describes a stack that makes no progress, for the message of a test whose wait timed out. */
export async function diagnosisOf(home: string): Promise<string> {
  const lines: string[] = [];
  try {
    await addPending(home, lines);
  } catch (error) {
    lines.push(String(error));
  }
  return [...lines, ...logsOf(home)].join('\n');
}

function logsOf(home: string): string[] {
  const folder = join(home, 'logs');
  if (!existsSync(folder)) return ['nothing was logged'];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => `--- ${name}\n${lastLines(readFileSync(join(folder, name), 'utf8'), 8)}`);
}

/** Adds the pollers of workflow tasks, and the pending tasks and activities of each running workflow. */
async function addPending(home: string, lines: string[]): Promise<void> {
  const stack = runningStack(home);
  if (stack === undefined) throw new Error('no stack is up');
  const address = stack.endpoints.temporal;
  const namespace = stack.environment['TEMPORAL_NAMESPACE'] ?? '';
  const connection = await Connection.connect({ address });
  try {
    await connection.withDeadline(Date.now() + 20_000, async () => {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueues.main },
        taskQueueType: 1,
      });
      lines.push(`${taskQueues.main} is polled by ${JSON.stringify(pollers)}`);
      const { workflow } = new Client({ connection, namespace });
      for await (const { workflowId } of workflow.list({ query: 'ExecutionStatus = "Running"' })) {
        const { raw } = await workflow.getHandle(workflowId).describe();
        lines.push(`${workflowId}: ${JSON.stringify([raw.pendingWorkflowTask, raw.pendingActivities])}`);
      }
    });
  } finally {
    await connection.close();
  }
}
