import proto from '@temporalio/proto';
import type { Connection } from '@temporalio/client';
import { plainPayload } from './rogue-worker.ts';

const { Acceptance, Request, Response } = proto.temporal.api.update.v1;
const identity = 'rogue';

/** Polls for workflow tasks until `reply` has replied to one, as any program that reaches Temporal can in a worker's place. */
async function replying(
  connection: Connection,
  namespace: string,
  queue: string,
  reply: (task: proto.temporal.api.workflowservice.v1.IPollWorkflowTaskQueueResponse) => Promise<boolean>,
): Promise<void> {
  const poll = () =>
    connection.withDeadline(Date.now() + 70_000, () =>
      connection.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: queue }, identity }),
    );
  while (!(await reply(await poll())));
}

/** Answers one query with a plain value. */
export const answerQuery = (connection: Connection, namespace: string, queue: string, value: object): Promise<void> =>
  replying(connection, namespace, queue, async ({ taskToken, query }) => {
    if (!query || !taskToken) return false;
    await connection.workflowService.respondQueryTaskCompleted({
      namespace,
      taskToken,
      completedType: 'QUERY_RESULT_TYPE_ANSWERED' as never,
      queryResult: { payloads: [plainPayload(value)] },
    });
    return true;
  });

/** Accepts one update and completes it with nothing, without carrying it out. */
export const completeUpdate = (connection: Connection, namespace: string, queue: string): Promise<void> =>
  replying(connection, namespace, queue, async ({ taskToken, messages }) => {
    const asked = messages?.find(({ body }) => body?.type_url?.endsWith('temporal.api.update.v1.Request'));
    if (!asked || !taskToken) return false;
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
