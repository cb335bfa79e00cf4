// Installs the Python programs of test/cloud/requirements.txt into a virtual environment, once per list and Python version,
// beside the servers that Holdout keeps in the per-user cache. As a program it prints the folder of their commands.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { takeLock } from '../lock.mjs';

const requirements = fileURLToPath(new URL('../../test/cloud/requirements.txt', import.meta.url));

/** Set to the reason after a failed installation, so that later processes do not try it again. */
const missingVariable = 'HOLDOUT_PYTHON_TOOLS_MISSING';

/** @typedef {{ kind: 'ready', bin: string } | { kind: 'missing', reason: string }} PythonTools */

/**
 * The folder with `python`, `moto_server`, `microburst`, `cfn-lint` and `parliament`; installs them first if necessary (about
 * a minute, with network). Blocks. If two processes need them at once, one waits.
 *
 * @returns {PythonTools}
 */
export function pythonTools() {
  const missing = process.env[missingVariable];
  if (missing) return { kind: 'missing', reason: missing };
  const found = findOrInstall();
  if (found.kind === 'missing') process.env[missingVariable] = found.reason;
  return found;
}

/** @returns {PythonTools} */
function findOrInstall() {
  const python = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (python.status !== 0) {
    return { kind: 'missing', reason: 'Python 3 is not installed (apt-get install python3 python3-venv)' };
  }
  const folder = environmentFor(python.stdout);
  const stamp = join(folder, '.complete');
  const bin = join(folder, 'bin');
  if (existsSync(stamp)) return { kind: 'ready', bin };
  const release = takeLock(`${folder}.lock`, (pid) =>
    say(`waiting for process ${pid}, which installs the Python tools`),
  );
  try {
    if (existsSync(stamp)) return { kind: 'ready', bin };
    const reason = install(folder);
    if (reason !== undefined) return { kind: 'missing', reason };
    // Last: an interrupted installation is repeated.
    writeFileSync(stamp, '');
    return { kind: 'ready', bin };
  } finally {
    release();
  }
}

/**
 * An environment belongs to its list and to the Python that made it.
 *
 * @param {string} pythonVersion
 */
function environmentFor(pythonVersion) {
  const cache = process.env['XDG_CACHE_HOME'] || join(process.env['HOME'] || homedir(), '.cache');
  const hash = createHash('sha256').update(readFileSync(requirements)).update(pythonVersion).digest('hex');
  return join(cache, 'holdout', 'tools', `python-tools-${hash.slice(0, 12)}`);
}

/**
 * Returns why it failed, or undefined.
 *
 * @param {string} folder
 */
function install(folder) {
  say('installing the Python tools of test/cloud (once, about a minute)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const made = run('python3', ['-m', 'venv', folder]);
  if (made !== undefined) return `python3 -m venv failed (apt-get install python3-venv): ${made}`;
  const args = ['install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps', '-r', requirements];
  const installed = run(join(folder, 'bin', 'pip'), args);
  return installed === undefined ? undefined : `pip could not install test/cloud/requirements.txt: ${installed}`;
}

/**
 * The last line that a failed program printed, or undefined when it succeeded.
 *
 * @param {string} program
 * @param {string[]} args
 */
function run(program, args) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return error?.message ?? `${stdout}${stderr}`.trim().split('\n').at(-1) ?? `exit status ${status}`;
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`holdout: ${line}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const tools = pythonTools();
  if (tools.kind === 'ready') process.stdout.write(`${tools.bin}\n`);
  else {
    say(tools.reason);
    process.exitCode = 1;
  }
}
