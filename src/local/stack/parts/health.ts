import { Connection } from '@temporalio/client';

/** Whether anything answers there by HTTP, with whatever status. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Whether a Temporal frontend serves this namespace there. */
export async function answersTemporal(address: string, namespace = 'default'): Promise<boolean> {
  return withTemporal(address, async ({ workflowService }) => {
    await workflowService.getSystemInfo({});
    await workflowService.describeNamespace({ namespace });
    return true;
  }).catch(() => false);
}

/** Does something over a connection of its own. */
export async function withTemporal<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, tls: false, connectTimeout: 2_000 });
  try {
    return await connection.withDeadline(Date.now() + 10_000, () => work(connection));
  } finally {
    await connection.close();
  }
}
