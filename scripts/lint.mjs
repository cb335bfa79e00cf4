// Types, lint rules and formatting in one command; `--fix` mends what can be mended.
import { spawnSync } from 'node:child_process';
import { ensureDependencies } from './dependencies.mjs';

ensureDependencies();
const fix = process.argv.includes('--fix');
const checks = [
  ['tsc', '-p', '.'],
  [
    'oxlint',
    '--type-aware',
    '--deny-warnings',
    ...(fix ? ['--fix'] : []),
    'src',
    'test',
    'scripts',
    'examples',
    'bench',
  ],
  ['prettier', fix ? '--write' : '--check', '--log-level', 'warn', '.'],
];
const failed = checks.filter(
  ([tool, ...args]) => spawnSync(`node_modules/.bin/${tool}`, args, { stdio: 'inherit' }).status !== 0,
);
process.exit(failed.length === 0 ? 0 : 1);
