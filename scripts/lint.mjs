// `npm run lint [-- --fix]`: types, lint rules and formatting. `--fix` repairs whatever a tool can repair by itself. The types of
// infra/ are checked only where its packages are installed (240 MB; `npm run synth` installs them).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { areInstalled, ensureDependencies, projectRoot } from './dependencies.mjs';

ensureDependencies();
const fix = process.argv.includes('--fix');
const sources = ['src', 'test', 'scripts', 'examples', 'bench', 'infra'];
const hasCdk = areInstalled(join(projectRoot, 'infra'));
if (!hasCdk) process.stderr.write('holdout: the types of infra/ are not checked, its packages are not installed\n');
const checks = [
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'scripts'],
  ...(hasCdk ? [['tsc', '-p', 'infra']] : []),
  ['oxlint', '--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : []), ...sources],
  ['prettier', fix ? '--write' : '--check', '--log-level', 'warn', '.'],
];
const failed = checks.filter(
  ([tool, ...args]) =>
    spawnSync(`node_modules/.bin/${tool}`, args, { cwd: projectRoot, stdio: 'inherit' }).status !== 0,
);
process.exit(failed.length === 0 ? 0 : 1);
