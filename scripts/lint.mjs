// `npm run lint [-- --fix]`: types, lint rules and formatting. `--fix` repairs whatever a tool can repair by itself.
import { spawnSync } from 'node:child_process';
import { ensureDependencies, projectRoot } from './dependencies.mjs';

ensureDependencies();
const fix = process.argv.includes('--fix');
const sources = ['src', 'test', 'scripts', 'examples', 'bench'];
const checks = [
  ['tsc', '-p', '.'],
  ['tsc', '-p', 'scripts'],
  ['oxlint', '--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : []), ...sources],
  ['prettier', fix ? '--write' : '--check', '--log-level', 'warn', '.'],
];
const failed = checks.filter(
  ([tool, ...args]) =>
    spawnSync(`node_modules/.bin/${tool}`, args, { cwd: projectRoot, stdio: 'inherit' }).status !== 0,
);
process.exit(failed.length === 0 ? 0 : 1);
