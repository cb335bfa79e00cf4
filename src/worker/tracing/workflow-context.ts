import { ROOT_CONTEXT, trace, TraceFlags, type Context } from '@opentelemetry/api';
import { sha256 } from '../../sha256.ts';

/**
 * The context of a run of a workflow: one trace for each, whose ids follow from Temporal's id of the run. So all workers put
 * their steps into the same trace, without a word between them and without tracing in workflow code, which would change what
 * replays. The workflow itself has no span.
 */
export function workflowContext(runId: string): Context {
  const digest = sha256(runId);
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: digest.slice(0, 32),
    spanId: digest.slice(32, 48),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}
