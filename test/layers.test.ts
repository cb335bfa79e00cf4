import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../src/local/project-root.ts';

/** Forbidden imports: the folder of a file and the specifier. */
const forbidden: readonly (readonly [folder: string, specifier: string])[] = [
  ['campaign/model', 'node:fs'],
  ['campaign/model', '../evaluation/verdict.ts'],
  ['campaign/evaluation', '../state/campaign-state.ts'],
  ['campaign/planning', '../explanation/why-failed.ts'],
  ['campaign/state', '../operators/progress.ts'],
  ['campaign/state/deeper', '../../scheduling/grant-order.ts'],
  ['campaign/scheduling', '../forecasting/forecast.ts'],
  ['campaign/forecasting', '../planning/plan.ts'],
  ['campaign/operators', '../simulation/simulated-run.ts'],
  ['campaign/simulation', '../planning/plan.ts'],
  ['campaign/planning', '@aws-sdk/client-s3'],
  ['campaign/planning', '../../activities/index.ts'],
  ['campaign/planning/deeper', '../../../client/plan/plan.ts'],
  ['campaign/invariants', '../../ledger/record.ts'],
  ['campaign/invariants', '../state/campaign-state.ts'],
  ['campaign/random', '../../local/report-line.ts'],
  ['campaign/pseudonyms', 'node:crypto'],
  ['campaign/pseudonyms', '../operators/progress.ts'],
  ['workflows/campaign', '@temporalio/client'],
  ['workflows/campaign', '../../activities/index.ts'],
  ['workflows/submission', '../../ledger/record.ts'],
  ['workflows', '../client/access.ts'],
  ['s3', '../ledger/record.ts'],
  ['metrics', '../s3/object-store.ts'],
  ['registry', '../images/refusal.ts'],
  ['campaign/evaluation', '../../registry/ecr-host.ts'],
  ['images/store', '../../ledger/record.ts'],
  ['images/tar', '../archive/blob-folder.ts'],
  ['images/layers', '../store/skopeo.ts'],
  ['codec', '../ledger/record.ts'],
  ['sealing', '../s3/object-store.ts'],
  ['codec-server', '../client/access.ts'],
  ['scoring', '../s3/object-store.ts'],
  ['ledger', '../batch/run-jobs.ts'],
  ['batch', '../ledger/record.ts'],
  ['intake/campaign-file', '../../client/access.ts'],
  ['intake', '../worker.ts'],
  ['runner/check-gpu', '../../batch/run-jobs.ts'],
  ['runner/device', '../../local/report-line.ts'],
  ['plan-picture', '../s3/object-store.ts'],
  ['activities', '../workflows/messages.ts'],
  ['activities', '../local/report-line.ts'],
  ['local/batch-endpoint/api', '../../../activities/index.ts'],
  ['local/stack', '../../client/access.ts'],
  ['local/stack/home', '../parts/ports.ts'],
  ['local/batch-endpoint/jobs', '../api/requests.ts'],
  ['local/batch-endpoint/executors', '../../../client/access.ts'],
  ['cloud-checks', '../intake/check-campaign.ts'],
  ['client/status', '../../activities/index.ts'],
  ['client/commands', '../../runner/main.ts'],
  ['errors', '../campaign/model/reasons.ts'],
  ['escaping', '../safe-text.ts'],
];

/** Allowed imports, which detect a rule that refuses everything. */
const allowed: readonly (readonly [folder: string, specifier: string])[] = [
  ['campaign/state', '../model/reasons.ts'],
  ['campaign/planning', '../../errors.ts'],
  ['workflows/campaign', '../../campaign/state/campaign-state.ts'],
  ['ledger', '../s3/object-store.ts'],
  ['images/store', '../../registry/registry-errors.ts'],
  ['runner/stage', '../../registry/at-registry.ts'],
  ['runner/stage', '../../sealing/age.ts'],
  ['codec', '../s3/object-store.ts'],
  ['codec-server', '../codec/key-ring.ts'],
  ['activities', '../ledger/record.ts'],
  ['local/tools', '../../runner/runner-settings.ts'],
  ['local/batch-endpoint/api', '../jobs/job-store.ts'],
  ['cloud-checks', '../batch/job-definition.ts'],
  ['client/status', '../../workflows/messages.ts'],
];

describe('layers', () => {
  let root: string;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'holdout-layers-'));
    const { options: _typeAware, ...config } = configuration();
    write('.oxlintrc.json', JSON.stringify(config));
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  it('refuse every import from above, by value and by type, and none from below', () => {
    const planted = (pairs: typeof forbidden, prefix: string): string[] =>
      pairs.flatMap(([folder, specifier], index) => {
        const file = `src/${folder}/${prefix}-${index}.ts`;
        write(file, `import { planted } from '${specifier}';\nexport const user = planted;\n`);
        return file;
      });
    const wanted = planted(forbidden, 'forbidden');
    planted(allowed, 'allowed');
    assert.deepEqual(findings('no-restricted-imports'), wanted.sort());
  });

  it('refuse type imports into the pure rules from above, and let workflows import the types of activities', () => {
    write('src/campaign/model/type.ts', "import type { X } from '../../activities/index.ts';\nexport type Y = X;\n");
    write('src/workflows/type.ts', "import type { X } from '../activities/index.ts';\nexport type Y = X;\n");
    const found = findings('no-restricted-imports');
    assert.ok(found.includes('src/campaign/model/type.ts'));
    assert.ok(!found.includes('src/workflows/type.ts'));
  });

  it('refuse an import circle, even of types alone', () => {
    write('src/campaign/model/one.ts', "import type { Two } from './two.ts';\nexport type One = Two | 1;\n");
    write('src/campaign/model/two.ts', "import type { One } from './one.ts';\nexport type Two = One | 2;\n");
    assert.deepEqual(findings('no-cycle'), ['src/campaign/model/one.ts', 'src/campaign/model/two.ts']);
  });

  it('cover every folder of src', () => {
    const globs = configuration().overrides.flatMap(({ files }) => files);
    const src = join(projectRoot(), 'src');
    const folders = readdirSync(src, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) =>
        name === 'campaign' ? readdirSync(join(src, name)).map((part) => `${name}/${part}`) : name,
      );
    assert.deepEqual(
      folders.filter((folder) => folder !== 'worker' && !globs.includes(`src/${folder}/**`)),
      [],
    );
  });

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  };

  const findings = (rule: string): string[] => {
    const oxlint = join(projectRoot(), 'node_modules/.bin/oxlint');
    const { stdout } = spawnSync(oxlint, ['--format=json', 'src'], { cwd: root, encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
    return [...new Set(diagnostics.flatMap(({ code, filename }) => (code.includes(rule) ? filename : [])))].sort();
  };
});

const configuration = (): { options: unknown; overrides: { files: string[] }[] } =>
  JSON.parse(readFileSync(join(projectRoot(), '.oxlintrc.json'), 'utf8'));
