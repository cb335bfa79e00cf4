import proto from '@temporalio/proto';
import type { Connection } from '@temporalio/client';
import { eventually } from './eventually.ts';

const { PENDING_ACTIVITY_STATE_STARTED: started } = proto.temporal.api.enums.v1.PendingActivityState;

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

/** Completes an activity that another worker runs, once it does: any program that knows workflow and step can. */
export async function completeByName(
  { workflowService }: Connection,
  forged: { namespace: string; workflowId: string; activityType: string; result: object },
): Promise<void> {
  const { namespace, workflowId, activityType } = forged;
  const result = { payloads: [plainPayload(forged.result)] };
  await eventually(`${activityType} of ${workflowId} runs`, async () => {
    const execution = { workflowId };
    const { pendingActivities } = await workflowService.describeWorkflowExecution({ namespace, execution });
    const running = pendingActivities?.find((one) => one.activityType?.name === activityType && one.state === started);
    const activityId = running?.activityId;
    if (!activityId) return false;
    await workflowService.respondActivityTaskCompletedById({ namespace, workflowId, activityId, result });
    return true;
  });
}

/**
 * Takes one workflow task, as a rogue worker can, and schedules an activity with it, without `input` one without content. Returns
 * the activity's failure.
 */
export async function orderActivity(
  connection: Connection,
  namespace: string,
  queue: string,
  { taskQueue, activityType, input }: { taskQueue: string; activityType: string; input?: object },
) {
  const identity = 'rogue';
  const { workflowService } = connection;
  const poll = () =>
    connection.withDeadline(Date.now() + 70_000, () =>
      workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queue }, identity }),
    );
  const first = await poll();
  const schedule = proto.temporal.api.command.v1.Command.fromObject({
    commandType: 'COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK',
    scheduleActivityTaskCommandAttributes: {
      activityId: '1',
      activityType: { name: activityType },
      taskQueue: { name: taskQueue },
      ...(input && { input: { payloads: [plainPayload(input)] } }),
      startToCloseTimeout: { seconds: 30 },
    },
  });
  await workflowService.respondWorkflowTaskCompleted({
    namespace,
    identity,
    taskToken: first.taskToken,
    commands: [schedule],
  });
  const second = await poll();
  const failed = second.history?.events?.find((event) => event.activityTaskFailedEventAttributes);
  return failed?.activityTaskFailedEventAttributes?.failure;
}

export const plainPayload = (value: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
