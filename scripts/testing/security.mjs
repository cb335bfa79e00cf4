// `npm run test:security`: see test/security/drill.ts. Installs and builds whatever its tests need.
import { spawnSync } from 'node:child_process';
import { buildAndInstall, inScratch, prepare } from './tools.mjs';

prepare();
const { tsImport } = await import('tsx/esm/api');
/** @type {typeof import('../../test/security/selection.ts')} */
const { selection } = await tsImport('../../test/security/selection.ts', import.meta.url);
const words = process.argv.slice(2);
const selected = selection(words);
if (selected.kind === 'said') {
  process.stderr.write(`${selected.text}\n`);
  process.exit(selected.status);
}
await inScratch(buildAndInstall);
const drill = ['--import=tsx', 'test/security/drill.ts', ...words];
process.exitCode = spawnSync(process.execPath, drill, { stdio: 'inherit' }).status ?? 1;
