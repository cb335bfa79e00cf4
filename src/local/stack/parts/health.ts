import { Connection } from '@temporalio/client';

/** Whether an HTTP server responds at this URL, with any status. */
export async function isHttpUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Whether a Temporal frontend serves this namespace at this address. */
export async function isTemporalUp(address: string, namespace = 'default'): Promise<boolean> {
  return withTemporal(address, async ({ workflowService }) => {
    await workflowService.getSystemInfo({});
    await workflowService.describeNamespace({ namespace });
    return true;
  }).catch(() => false);
}

/** Runs `work` with a new connection. */
export async function withTemporal<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, tls: false, connectTimeout: 2_000 });
  try {
    return await connection.withDeadline(Date.now() + 10_000, () => work(connection));
  } finally {
    await connection.close();
  }
}
