import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { itWithPython, pythonProgram } from './python.ts';

describe('the Python tools', () => {
  itWithPython('are the pinned versions', () => {
    const script = [
      'import importlib.metadata as installed',
      'for name in ["boto3", "botocore", "cfn-lint", "microburst", "moto", "parliament"]:',
      '    print(name, installed.version(name))',
    ].join('\n');
    const versions = execFileSync(pythonProgram('python'), ['-c', script], { encoding: 'utf8' });
    const expected = [
      'boto3 1.44.8',
      'botocore 1.44.8',
      'cfn-lint 1.58.0',
      'microburst 0.10.0',
      'moto 5.2.5',
      'parliament 1.6.4',
    ];
    assert.deepEqual(versions.trim().split('\n'), expected);
  });

  const failed = (env: NodeJS.ProcessEnv): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, ['scripts/testing/python-tools.mjs'], { encoding: 'utf8', env });

  it('say which program is missing', () => {
    const { status, stderr } = failed({ PATH: '/nonexistent' });
    assert.equal(status, 1);
    assert.match(stderr, /Python 3 is not installed \(apt-get install python3 python3-venv\)/);
  });

  it('say that there is no network', () => {
    const cache = mkdtempSync(join(tmpdir(), 'holdout-python-'));
    try {
      const { status, stderr } = failed({
        ...process.env,
        XDG_CACHE_HOME: cache,
        PIP_INDEX_URL: 'http://127.0.0.1:1/',
        PIP_RETRIES: '0',
        PIP_CONFIG_FILE: '/dev/null',
        PIP_EXTRA_INDEX_URL: '',
      });
      assert.equal(status, 1);
      assert.match(stderr, /pip could not install test\/cloud\/requirements\.txt: /);
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
});
