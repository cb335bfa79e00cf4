import { get } from 'node:http';
import { Connection } from '@temporalio/client';

/** Whether an HTTP server responds at this URL, with any status. Not by fetch, which refuses the ports that browsers refuse. */
export const isHttpUp = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const sent = get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(true);
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(false));
  });

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
