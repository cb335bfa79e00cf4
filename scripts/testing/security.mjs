// `npm run test:security`: see test/security/drill.ts. Installs and builds whatever its tests need.
import { spawnSync } from 'node:child_process';
import { buildAndInstall, inScratch, prepare } from './tools.mjs';

prepare();
await inScratch(buildAndInstall);
const drill = ['--import=tsx', 'test/security/drill.ts', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, drill, { stdio: 'inherit' }).status ?? 1;
