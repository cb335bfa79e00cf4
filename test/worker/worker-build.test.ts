import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '../../src/errors.ts';
import { buildIdFrom, workflowOptions } from '../../src/worker/worker-build.ts';

describe('the build of a worker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-build-'));
  const bundle = join(folder, 'workflows.js');
  writeFileSync(bundle, '"use strict";\n//# sourceMappingURL=data:application/json;base64,e30=');
  after(() => rmSync(folder, { recursive: true }));

  it('is what --build says, else HOLDOUT_BUILD_ID, else nothing', () => {
    assert.equal(buildIdFrom('week-2', 'week-1'), 'week-2');
    assert.equal(buildIdFrom(undefined, 'v0.1.0_rc.2'), 'v0.1.0_rc.2');
    assert.equal(buildIdFrom(undefined, ''), undefined);
    assert.equal(buildIdFrom(undefined, undefined), undefined);
  });

  for (const [name, option, variable] of [
    ['--build', '', 'week-1'],
    ['--build', '-2', undefined],
    ['HOLDOUT_BUILD_ID', undefined, 'week 2'],
    ['HOLDOUT_BUILD_ID', undefined, 'a'.repeat(64)],
  ] as const) {
    it(`is refused by the name of its setting: ${name} ${JSON.stringify(option ?? variable)}`, () => {
      assert.throws(
        () => buildIdFrom(option, variable),
        (error) =>
          error instanceof HoldoutError && error.code === 'SETTING_INVALID' && error.message.startsWith(`${name} is "`),
      );
    });
  }

  it('pins workflows to it, and changes no line of their code', () => {
    assert.deepEqual(workflowOptions(bundle, undefined), { workflowBundle: { codePath: bundle } });
    const { workflowBundle, workerDeploymentOptions } = workflowOptions(bundle, 'week-2');
    assert.deepEqual(workerDeploymentOptions, {
      useWorkerVersioning: true,
      version: { deploymentName: 'holdout', buildId: 'week-2' },
      defaultVersioningBehavior: 'PINNED',
    });
    assert.ok('code' in workflowBundle);
    assert.match(workflowBundle.code, /^globalThis\.holdoutHasBuildId=true;"use strict";\n\/\/# source/);
  });
});
