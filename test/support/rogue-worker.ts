import proto from '@temporalio/proto';
import type { Connection } from '@temporalio/client';

type Result = { result: object } | { nothing: true } | { failure: object };

/** Takes one activity from a queue, as any program that reaches Temporal can, and completes it. Returns its type. */
export async function completeOneActivity(
  connection: Connection,
  namespace: string,
  queue: string,
  respond: (activityType: string) => Result | undefined,
): Promise<string> {
  const identity = 'rogue';
  const { workflowService } = connection;
  for (;;) {
    const taskQueue = { name: queue };
    const task = await connection.withDeadline(Date.now() + 70_000, () =>
      workflowService.pollActivityTaskQueue({ namespace, taskQueue, identity }),
    );
    const type = task.activityType?.name ?? '';
    if (type === '') continue;
    const token = { namespace, identity, taskToken: task.taskToken };
    const response = respond(type);
    if (response === undefined) {
      // Back to the server, for the next worker.
      await workflowService.respondActivityTaskFailed({ ...token, failure: { message: 'not wanted' } });
      continue;
    }
    if ('failure' in response) {
      await workflowService.respondActivityTaskFailed({
        ...token,
        failure: proto.temporal.api.failure.v1.Failure.fromObject(response.failure),
      });
    } else {
      await workflowService.respondActivityTaskCompleted({
        ...token,
        ...('result' in response && { result: { payloads: [plainPayload(response.result)] } }),
      });
    }
    return type;
  }
}

export const plainPayload = (value: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
