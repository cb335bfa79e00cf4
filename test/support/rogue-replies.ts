import proto from '@temporalio/proto';
import type { Connection } from '@temporalio/client';
import { plainPayload } from './rogue-worker.ts';

const { Acceptance, Request, Response } = proto.temporal.api.update.v1;
const { QueryResultType } = proto.temporal.api.enums.v1;
const identity = 'rogue';

type Task = proto.temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse;

/** Takes workflow tasks as any program that reaches Temporal can, until `reply` has replied to one; the others it completes. */
async function replying(
  connection: Connection,
  namespace: string,
  queue: string,
  reply: (task: Task, taskToken: Uint8Array) => Promise<boolean>,
): Promise<void> {
  const { workflowService } = connection;
  for (;;) {
    const task = await connection.withDeadline(Date.now() + 70_000, () =>
      workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queue }, identity }),
    );
    const { taskToken } = task;
    if (!taskToken || taskToken.length === 0) continue;
    if (await reply(task, taskToken)) return;
    await workflowService.respondWorkflowTaskCompleted({ namespace, identity, taskToken });
  }
}

/** Answers one query with a plain value, whether it comes alone or with a task. */
export const answerQuery = (connection: Connection, namespace: string, queue: string, value: object): Promise<void> =>
  replying(connection, namespace, queue, async ({ query, queries }, taskToken) => {
    const payloads = [plainPayload(value)];
    const answered = QueryResultType.QUERY_RESULT_TYPE_ANSWERED;
    const { workflowService } = connection;
    const [id] = Object.keys(queries ?? {});
    if (query) {
      const queryResult = { payloads };
      await workflowService.respondQueryTaskCompleted({ namespace, taskToken, completedType: answered, queryResult });
    } else if (id !== undefined) {
      const queryResults = { [id]: { resultType: answered, answer: { payloads } } };
      await workflowService.respondWorkflowTaskCompleted({ namespace, identity, taskToken, queryResults });
    }
    return Boolean(query) || id !== undefined;
  });

/** Accepts one update and completes it with nothing, without carrying it out. */
export const completeUpdate = (connection: Connection, namespace: string, queue: string): Promise<void> =>
  replying(connection, namespace, queue, async ({ messages }, taskToken) => {
    const asked = messages?.find(({ body }) => body?.type_url?.endsWith('temporal.api.update.v1.Request'));
    if (!asked) return false;
    const request = Request.decode(asked.body?.value ?? new Uint8Array());
    const accepted = Acceptance.encode({
      acceptedRequestMessageId: asked.id ?? '',
      acceptedRequestSequencingEventId: asked.eventId ?? null,
      acceptedRequest: request,
    }).finish();
    const completed = Response.encode({ meta: request.meta ?? null, outcome: { success: { payloads: [] } } }).finish();
    const messageOf = (id: string, type: string, value: Uint8Array) => ({
      id,
      protocolInstanceId: asked.protocolInstanceId ?? '',
      body: { type_url: `type.googleapis.com/temporal.api.update.v1.${type}`, value },
    });
    await connection.workflowService.respondWorkflowTaskCompleted({
      namespace,
      identity,
      taskToken,
      messages: [messageOf('accepted', 'Acceptance', accepted), messageOf('completed', 'Response', completed)],
      commands: ['accepted', 'completed'].map((messageId) =>
        proto.temporal.api.command.v1.Command.fromObject({
          commandType: 'COMMAND_TYPE_PROTOCOL_MESSAGE',
          protocolMessageCommandAttributes: { messageId },
        }),
      ),
    });
    return true;
  });
