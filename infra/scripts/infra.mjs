// `npm run synth`, `check` and so on in infra/: installs the packages of this folder first, which the product does not need.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureDependencies, projectRoot } from '../../scripts/dependencies.mjs';
import { checkNodeVersion } from '../../scripts/node-version.mjs';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** @type {Record<string, (args: string[]) => number>} */
const commands = {
  /** Only installs, which every command does. */
  install: () => 0,
  /** Writes the templates to cdk.out; needs no network and no account. */
  synth: () =>
    program(['check-settings.ts', 'synth']) ||
    program(['app.ts'], { CDK_OUTDIR: 'cdk.out' }) ||
    say('The templates are in infra/cdk.out.'),
  /** The CDK's own commands: diff, deploy, destroy. It would add its own words to those about faulty settings. */
  cdk: (args) => program(['check-settings.ts']) || run(folder, 'node_modules/.bin/cdk', args),
  /** Judges templates and policies with programs by others. */
  check: (args) => {
    ensureDependencies();
    return run(projectRoot, 'node_modules/.bin/mocha', [
      'test/cloud/infra/infra.test.ts',
      'test/cloud/infra/host.test.ts',
      'test/cloud/infra/settings.test.ts',
      'test/cloud/infra/synth.test.ts',
      ...args,
    ]);
  },
};

checkNodeVersion();
ensureDependencies(folder);
const [name = '', ...args] = process.argv.slice(2);
process.exitCode =
  commands[name]?.(args) ?? say(`There is no command ${name}; there are ${Object.keys(commands).join(', ')}.`, 2);

/**
 * A program of this folder.
 *
 * @param {string[]} words
 * @param {Record<string, string>} [variables]
 */
function program(words, variables) {
  return run(folder, process.execPath, ['--import', 'tsx', ...words], variables);
}

/**
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [variables]
 */
function run(cwd, command, args, variables = {}) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...variables } });
  return status ?? 1;
}

/**
 * @param {string} line
 * @param {number} [status]
 */
function say(line, status = 0) {
  process.stderr.write(`holdout: ${line}\n`);
  return status;
}
