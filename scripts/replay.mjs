// `npm run replay -- WORKFLOW_ID`: replays a workflow's history with the code of this clone. Prints one line if the history
// fits the code, and otherwise names the event and says what to do. Reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and HOLDOUT_CODEC_KEYS.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
ensureDependencies();
const [workflowId] = process.argv.slice(2);
if (workflowId === undefined) {
  process.stderr.write('usage: npm run replay -- WORKFLOW_ID\n');
  process.exit(2);
}
const { build } = await import('./build.mjs');
await build();
const { Client, Connection } = await import('@temporalio/client');
const { loadClientConnectConfig } = await import('@temporalio/envconfig');
const { DefaultLogger, Runtime, Worker } = await import('@temporalio/worker');

Runtime.install({ logger: new DefaultLogger('ERROR') });
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
// A computed path: the checker of types would otherwise read the bundle.
const bundle = pathToFileURL(join(projectRoot, 'dist', 'codec.mjs')).href;
const { keysOf, SealingCodec } = await import(bundle);
const keys = keysOf({ codecKeys: process.env['HOLDOUT_CODEC_KEYS'] || undefined });
const dataConverter = keys && { dataConverter: { payloadCodecs: [new SealingCodec(keys)] } };
const connection = await Connection.connect(connectionOptions);
try {
  const { workflow } = new Client({ connection, namespace });
  const history = await workflow.getHandle(workflowId).fetchHistory();
  const workflowBundle = { codePath: join(projectRoot, 'dist', 'workflows.js') };
  await Worker.runReplayHistory({ workflowBundle, namespace, ...dataConverter }, history, workflowId);
  process.stdout.write(`${workflowId}: ${history.events?.length ?? 0} events fit the code\n`);
} catch (error) {
  if (!(error instanceof Error) || error.name !== 'DeterminismViolationError') throw error;
  process.stderr.write(`${workflowId} does not fit the code: ${error.message}
  → Put what is new behind patched('a-name-for-it'), or ship it as a build of its own: docs/operations/upgrades.md
`);
  process.exitCode = 1;
} finally {
  await connection.close();
}
