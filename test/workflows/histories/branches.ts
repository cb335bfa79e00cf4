import type { HistoryEvent } from './history-file.ts';
import { evaluationsIn, inputOf, messagesIn, ordersIn } from './shown.ts';

/** A way through the workflows' code of which a history is on file. */
export interface Branch {
  workflowId: string;
  /** Whether this history went that way: a file that shows something else proves nothing. */
  isShown: (events: readonly HistoryEvent[]) => boolean;
}

const ended = (events: readonly HistoryEvent[]): HistoryEvent | undefined => events.at(-1);
const completed = (events: readonly HistoryEvent[]): boolean =>
  Boolean(ended(events)?.workflowExecutionCompletedEventAttributes);
const names = (events: readonly HistoryEvent[]): string[] => ordersIn(events).map(({ name }) => name);
const has = (list: readonly unknown[], ...wanted: unknown[]): boolean => wanted.every((one) => list.includes(one));

/** By the name of the file in test/fixtures/histories/branches. `record.ts` makes them. */
export const branches: Record<string, Branch> = {
  'ok-campaign': {
    workflowId: 'campaign:ok',
    isShown: (events) => completed(events) && has(names(events), 'takeStock', 'nextSubmissions', 'publishResults'),
  },
  'ok-submission': {
    workflowId: 'submission:ok:a',
    isShown: (events) =>
      completed(events) &&
      has(names(events), 'pullImage', 'probeGpuMemory', 'awaitBatchJob', 'scoreOutput', 'recordResult') &&
      evaluationsIn(events).join() === 'g4',
  },
  'ok-canary': {
    workflowId: 'canary:ok:g4:1',
    isShown: (events) => completed(events) && has(names(events), 'submitCanary', 'awaitCanary', 'recordCanary'),
  },
  'fallback-submission': {
    workflowId: 'submission:fallback:a',
    isShown: (events) => completed(events) && evaluationsIn(events).join() === 'g4,p3',
  },
  'cancel-campaign': {
    workflowId: 'campaign:cancel',
    isShown: (events) => completed(events) && has(messagesIn(events), 'cancel', 'abort'),
  },
  'cancel-submission': {
    workflowId: 'submission:cancel:a',
    isShown: (events) =>
      completed(events) && events.some((event) => event.workflowExecutionCancelRequestedEventAttributes),
  },
  'pause-campaign': {
    workflowId: 'campaign:pause',
    isShown: (events) => completed(events) && has(messagesIn(events), 'pauseTeam', 'resumeTeam', 'pauseCampaign'),
  },
  'pause-submission': {
    workflowId: 'submission:pause:a',
    isShown: (events) => completed(events) && has(messagesIn(events), 'endRun') && evaluationsIn(events).length === 2,
  },
  'retry-campaign': {
    workflowId: 'campaign:rounds',
    isShown: (events) => completed(events) && has(messagesIn(events), 'retry', 'rescore'),
  },
  'retry-submission': {
    workflowId: 'submission:rounds:a',
    isShown: (events) =>
      completed(events) && inputOf(events)['sequence'] === 2 && evaluationsIn(events).join() === 'g4',
  },
  'rescore-submission': {
    workflowId: 'submission:rounds:b',
    isShown: (events) =>
      completed(events) && inputOf(events)['kind'] === 'rescore' && !has(names(events), 'submitBatchJob'),
  },
  'continue-as-new-first': {
    workflowId: 'campaign:long',
    isShown: (events) =>
      inputOf(events)['carried'] === undefined &&
      Boolean(ended(events)?.workflowExecutionContinuedAsNewEventAttributes),
  },
  'continue-as-new-last': {
    workflowId: 'campaign:long',
    isShown: (events) => completed(events) && inputOf(events)['carried'] !== undefined,
  },
  'restart-campaign': {
    workflowId: 'campaign:restart',
    isShown: (events) =>
      completed(events) && has(messagesIn(events), 'standing') && !has(messagesIn(events), 'requestRun'),
  },
  'restart-submission': {
    workflowId: 'submission:restart:a',
    isShown: (events) => completed(events) && has(messagesIn(events), 'reportAgain'),
  },
  'reopened-campaign': {
    workflowId: 'campaign:reopened',
    isShown: (events) => completed(events) && (events[0]?.workflowExecutionStartedEventAttributes?.attempt ?? 1) > 1,
  },
  'reopened-submission': {
    workflowId: 'submission:reopened:a',
    isShown: (events) =>
      completed(events) &&
      (events[0]?.workflowExecutionStartedEventAttributes?.attempt ?? 1) > 1 &&
      ordersIn(events).some(({ input }) => 'reopens' in input),
  },
};
