import { missingFor } from '../../cloud-checks/missing-for.ts';
import { checkNamespace } from '../../cloud-checks/namespace.ts';
import { unpolledBy } from '../../cloud-checks/pollers.ts';
import { historyRetention } from '../../cloud-checks/rules/history-retention.ts';
import { checkSearchAttributes } from '../../cloud-checks/search-attributes.ts';
import { taskQueues, type TaskQueueName } from '../../ids.ts';
import { note, ok, type Requirement } from '../../requirement.ts';
import { openTemporal } from '../access.ts';
import { attempt } from './attempt.ts';

/** The namespace, its search attributes, and a worker on each of the five task queues. */
export async function checkTemporal(): Promise<Requirement[]> {
  const opened: { temporal?: Awaited<ReturnType<typeof openTemporal>> } = {};
  const reachable = await attempt('Temporal', async () => {
    // Nothing that is read here is sealed.
    opened.temporal = await openTemporal(undefined);
    const { options, connection } = opened.temporal;
    return `${(connection as { options?: { address?: string } }).options?.address ?? 'reachable'}, namespace ${options.namespace}`;
  });
  const { temporal } = opened;
  if (temporal === undefined) return [reachable];
  try {
    const history = await attempt('history', async () => historyRetention(await checkNamespace(temporal)));
    if (history.state === 'MISSING') return [reachable, history];
    const attributes = await attempt('search attributes', async () => {
      const found = await checkSearchAttributes(temporal);
      return found.kind === 'present' ? 'all seven' : note('search attributes', `not checked: ${found.why}`);
    });
    return [reachable, history, attributes, ...(await pollers(temporal))];
  } finally {
    await temporal.connection.close();
  }
}

async function pollers(temporal: Awaited<ReturnType<typeof openTemporal>>): Promise<Requirement[]> {
  const unpolled = await unpolledBy(temporal);
  return (Object.keys(taskQueues) as TaskQueueName[]).map((name) => {
    const what = `worker of ${name}`;
    return unpolled.includes(name)
      ? missingFor('operator', what, `no worker polls ${taskQueues[name]}`, `npm run worker -- --queues ${name}`)
      : ok(what, `polls ${taskQueues[name]}`);
  });
}
