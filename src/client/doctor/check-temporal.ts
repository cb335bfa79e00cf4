import { checkNamespace } from '../../cloud-checks/namespace.ts';
import { unpolledBy } from '../../cloud-checks/pollers.ts';
import { checkSearchAttributes } from '../../cloud-checks/search-attributes.ts';
import { taskQueues, type TaskQueueName } from '../../ids.ts';
import { missing, note, ok, type Requirement } from '../../requirement.ts';
import { openTemporal } from '../access.ts';
import { attempt } from './attempt.ts';

/** Shorter, and the history of a submission is gone before the questions of its team come. */
const enoughDays = 30;

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
    const history = await attempt('history', async () => kept(await checkNamespace(temporal)));
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

function kept(days: number | undefined): Requirement {
  if (days === undefined) return note('history', 'this server does not say how long it keeps histories');
  const found = `kept for ${Math.round(days * 10) / 10} days after the end; results and reasons stay in S3`;
  return days >= enoughDays ? ok('history', found) : note('history', `${found}; ${enoughDays} days are better`);
}

async function pollers(temporal: Awaited<ReturnType<typeof openTemporal>>): Promise<Requirement[]> {
  const unpolled = await unpolledBy(temporal);
  return (Object.keys(taskQueues) as TaskQueueName[]).map((name) => {
    const what = `worker of ${name}`;
    return unpolled.includes(name)
      ? missing(what, `no worker polls ${taskQueues[name]}`, `npm run worker -- --queues ${name}`)
      : ok(what, `polls ${taskQueues[name]}`);
  });
}
