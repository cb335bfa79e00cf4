// `npm run codec [-- serve | new-key FILE | add-key FILE | use-key FILE ID]`: the codec server, and its key file.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
ensureDependencies();
const { build } = await import('./build.mjs');
await build();
await import(pathToFileURL(join(projectRoot, 'dist', 'codec-server.mjs')).href);
