import { SpanKind, SpanStatusCode, type Attributes, type Tracer } from '@opentelemetry/api';
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { ShownLog } from '../shown-log.ts';
import { workflowContext } from './workflow-context.ts';

/** Makes a span of every attempt of an activity, with the names that the log shows. A cancelled attempt is no error. */
export const activitySpans =
  (tracer: Tracer, shown: ShownLog): ActivityInterceptorsFactory =>
  ({ info, cancellationSignal }) => ({
    inbound: {
      async execute(input, next) {
        const { n } = (input.args[0] ?? {}) as { n?: unknown };
        const { runId = '' } = info.workflowExecution ?? {};
        const options = { kind: SpanKind.INTERNAL, attributes: attributesOf(info, n, shown) };
        const span = tracer.startSpan(info.activityType, options, workflowContext(runId));
        try {
          return await next(input);
        } catch (error) {
          if (!cancellationSignal.aborted) {
            const { type, message } = shownError(info, error, shown);
            span.setStatus({ code: SpanStatusCode.ERROR, message });
            span.setAttribute('error.type', type);
          }
          throw error;
        } finally {
          span.end();
        }
      },
    },
  });

type Info = Context['info'];

/** Those of Temporal have the names that its own interceptors use. */
function attributesOf(info: Info, run: unknown, shown: ShownLog): Attributes {
  const { activityId, attempt, taskQueue, workflowExecution } = info;
  const { workflowId, campaign, submission, class: name } = shown.fields({ workflowId: workflowExecution?.workflowId });
  const known = {
    temporalWorkflowID: workflowId,
    temporalRunID: workflowExecution?.runId,
    temporalActivityID: activityId,
    'temporal.attempt': attempt,
    'temporal.task_queue': taskQueue,
    'holdout.campaign': campaign,
    'holdout.submission': submission,
    'holdout.class': name,
    'holdout.run': run,
  };
  const isValue = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
  return Object.fromEntries(Object.entries(known).flatMap(([key, value]) => (isValue(value) ? [[key, value]] : [])));
}

function shownError({ workflowExecution }: Info, thrown: unknown, shown: ShownLog): { type: string; message: string } {
  const given = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { error } = shown.fields({ workflowId: workflowExecution?.workflowId, error: given });
  return error as { type: string; message: string };
}
