/** A worker process for the queried workflow; sends `ready` when it polls. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' }),
  taskQueue: 'bench-question',
  workflowsPath: fileURLToPath(new URL('../workflows/question-workflows.ts', import.meta.url)),
  activities: { nothing: () => Promise.resolve() },
});
const running = worker.run();
process.send?.('ready');
await running;
