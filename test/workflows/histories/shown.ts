import type { HistoryEvent } from './history-file.ts';

/** What a test reads from histories. Payloads are plain JSON there. */

/** The signals and updates that the workflow received, in order. */
export const messagesIn = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap((event) => {
    const name =
      event.workflowExecutionSignaledEventAttributes?.signalName ??
      event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input?.name;
    return name ? [name] : [];
  });

/** The activities that the workflow ordered, in order, with their first argument. */
export const ordersIn = (events: readonly HistoryEvent[]): { name: string; input: Record<string, unknown> }[] =>
  events.flatMap(({ activityTaskScheduledEventAttributes: order }) =>
    order ? [{ name: order.activityType?.name ?? '', input: jsonOf(order.input?.payloads?.[0]?.data) }] : [],
  );

/** The input of the workflow. */
export const inputOf = ([first]: readonly HistoryEvent[]): Record<string, unknown> =>
  jsonOf(first?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data);

/** The classes of the evaluations that a submission submitted, in order. */
export const evaluationsIn = (events: readonly HistoryEvent[]): unknown[] =>
  ordersIn(events)
    .filter(({ name, input }) => name === 'submitBatchJob' && input['purpose'] === 'evaluation' && !input['withdraw'])
    .map(({ input }) => input['class']);

const jsonOf = (data: Uint8Array | null | undefined): Record<string, unknown> =>
  data ? (JSON.parse(Buffer.from(data).toString('utf8')) as Record<string, unknown>) : {};
