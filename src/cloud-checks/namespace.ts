import type { Client } from '@temporalio/client';
import { holdoutError } from '../errors.ts';

/** `NOT_FOUND` of gRPC. */
const grpcNotFound = 5;

/** Checks that the namespace exists; returns how long it keeps histories, in days. Throws TEMPORAL_NAMESPACE_MISSING. */
export async function checkNamespace(
  { workflowService, options }: Client,
  effect?: string,
): Promise<number | undefined> {
  const { namespace } = options;
  try {
    const { config } = await workflowService.describeNamespace({ namespace });
    const seconds = config?.workflowExecutionRetentionTtl?.seconds;
    return seconds === undefined || seconds === null ? undefined : Number(seconds) / 86_400;
  } catch (error) {
    if ((error as { code?: number }).code !== grpcNotFound) throw error;
    throw holdoutError('TEMPORAL_NAMESPACE_MISSING', { namespace, effect }, error);
  }
}
