// `npm run check:gpu`: builds dist/check-gpu.mjs, which runs on any machine with a GPU and Node, and runs it here.
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

checkNodeVersion();
ensureDependencies();
const { build } = await import('./build.mjs');
await build();
await import(pathToFileURL(join(projectRoot, 'dist', 'check-gpu.mjs')).href);
