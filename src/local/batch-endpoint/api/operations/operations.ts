import { definitionOperations } from './definition-operations.ts';
import { jobOperations } from './job-operations.ts';
import { queueOperations } from './queue-operations.ts';
import type { Operation, OperationParts } from './operation.ts';

/** The AWS Batch operations that this endpoint serves, by the last part of their path. */
export const operationsOn = (parts: OperationParts): Record<string, Operation> => ({
  ...definitionOperations(parts),
  ...queueOperations(parts),
  ...jobOperations(parts),
});
