import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readInstallation } from '../../../infra/checks/installation.ts';
import { promises } from '../../../infra/checks/promises.ts';
import { settings } from '../../../infra/settings.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { describeWithCdk, infraFolder } from './rig.ts';

const templates = join(infraFolder, 'cdk.out');

/** Runs the command in a network namespace of its own, in which nothing can be reached, with no credentials and no region. */
function synth(variables: NodeJS.ProcessEnv = {}): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('unshare', ['--net', 'npm', 'run', 'synth'], {
    cwd: projectRoot(),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
  });
  return { status, said: `${stdout}${stderr}` };
}

describeWithCdk('npm run synth', function () {
  this.timeout(300_000);
  beforeEach(() => rmSync(templates, { recursive: true, force: true }));

  it('writes the templates of settings.ts without a network and without an account, and says where', () => {
    const { status, said } = synth();
    assert.equal(status, 0, said);
    assert.match(said, /^holdout: The templates are in infra\/cdk\.out\.$/m);
    const installation = readInstallation(templates);
    assert.deepEqual(Object.keys(installation).sort(), ['access', 'alarm', 'compute', 'network', 'storage']);
    const broken = promises.filter(({ faultsIn }) => faultsIn(installation, settings).length > 0);
    assert.deepEqual(
      broken.map(({ name }) => name),
      [],
    );
  });

  it('writes nothing for faulty settings, ends with 2 and says what is wrong', () => {
    const { status, said } = synth({ HOLDOUT_INFRA_SETTINGS: './checks/empty-prefix-settings.ts' });
    assert.equal(status, 2, said);
    assert.match(said, /Correct the file and run the same command again; nothing was written or deployed\./);
    assert.doesNotMatch(said, /The templates are in/);
    assert.throws(() => readInstallation(templates), /ENOENT/);
  });
});
