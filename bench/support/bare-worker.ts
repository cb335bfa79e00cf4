/** A worker process for the bare workflows; sends `ready` when it polls. */
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';

const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
const worker = await Worker.create({
  connection,
  namespace: process.env['TEMPORAL_NAMESPACE'] ?? 'default',
  taskQueue: 'bench-bare',
  workflowsPath: fileURLToPath(new URL('../workflows/bare-workflows.ts', import.meta.url)),
  activities: { nothing: () => Promise.resolve() },
  maxCachedWorkflows: 500,
});
const running = worker.run();
process.send?.('ready');
await running;
