// `npm run holdout -- …` and its short forms: brings packages and bundles up to date, then runs the command line in this
// process, which thus receives signals and sets the exit status. `worker` runs the worker instead.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
ensureDependencies();
const { build } = await import('./build.mjs');
await build();

const args = process.argv.slice(2);
const isWorker = args[0] === 'worker';
const program = join(projectRoot, 'dist', isWorker ? 'worker.mjs' : 'client.mjs');
process.setSourceMapsEnabled(true);
process.argv = [process.execPath, program, ...(isWorker ? args.slice(1) : args)];
await import(pathToFileURL(program).href);
