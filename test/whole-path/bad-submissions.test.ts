import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildExample } from '../../examples/spliced-clips/build.ts';
import type { CampaignResults } from '../../src/ledger/results.ts';
import { ToolCache } from '../../src/local/tools/cache.ts';
import { CampaignHome, resultsOf } from '../support/campaign-command.ts';
import { buildImage, type ImageRecipe } from '../support/images/oci-image.ts';
import { partOfExample } from '../support/campaigns/part-of-example.ts';

/** Predicts 0.5 for every clip, with busybox. */
const half =
  'cd /input; echo filename,label > $HOLDOUT_OUTPUT/predictions.csv; for f in *; do echo $f,0.5; done >> $HOLDOUT_OUTPUT/predictions.csv';

/** Needs 1 MiB of shared memory per input, and fails with PyTorch’s message if there is less. */
const shared = [
  'dd if=/dev/zero of=/dev/shm/x bs=1M count=$(ls /input | wc -l) || {',
  'echo "RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error." >&2',
  'exit 1; }',
  half,
].join('\n');

describe('a campaign with bad submissions', function () {
  this.timeout(180_000);
  const home = new CampaignHome();
  const images = join(home.folder, 'images-of-test');
  const rows: string[] = [];
  let results: CampaignResults;
  after(() => home.remove());

  const addSubmission = (submission: string, recipe: ImageRecipe): string => {
    const layout = join(images, submission);
    mkdirSync(layout, { recursive: true });
    buildImage(layout, 'image', recipe);
    const archive = `${layout}.tar`;
    execFileSync('tar', ['cf', archive, '-C', layout, '.']);
    rows.push(`team-${submission},Team ${submission},${submission},${archive},2020-01-01T00:00:00Z,`);
    return archive;
  };

  before(async () => {
    const archive = addSubmission('damaged', { script: half });
    truncateSync(archive, Math.floor(statSync(archive).size / 2));
    addSubmission('other-machine', { script: half, architecture: 'arm64' });
    addSubmission('two-gigabytes', { script: 'truncate -s 2G $HOLDOUT_OUTPUT/predictions.csv' });
    addSubmission('not-numbers', {
      script: `${half}; sed -i '2s/0.5/NaN/; 3s/0.5/nan/' $HOLDOUT_OUTPUT/predictions.csv`,
    });
    addSubmission('a-link', { script: 'ln -s /etc/passwd $HOLDOUT_OUTPUT/predictions.csv' });
    addSubmission('nothing', { script: 'true' });
    addSubmission('shares-much', { script: shared });
    addSubmission('good', { script: half });
    const example = await buildExample(join(new ToolCache().folder, 'examples', 'spliced-clips'), () => undefined);
    const file = partOfExample(example, home.folder, [], rows);
    const ended = await home.run('start', file, '--json');
    results = resultsOf(ended);
    assert.equal(ended.status, 0, ended.stderr);
  });

  const resultOf = (submission: string) => {
    const found = results.submissions.find((candidate) => candidate.submission === submission);
    assert.ok(found);
    return found;
  };

  it('refuses a damaged archive and an image for another platform, and says what is wrong', () => {
    assert.equal(resultOf('damaged').reason, 'image-refused');
    assert.equal(resultOf('other-machine').reason, 'image-refused');
    assert.match(resultOf('other-machine').detail ?? '', /arm64.*amd64|amd64.*arm64/);
    for (const submission of ['damaged', 'other-machine']) assert.deepEqual(resultOf(submission).runs, []);
  });

  it('fails each bad output with its own reason', () => {
    const reasons = ['two-gigabytes', 'not-numbers', 'a-link', 'nothing'].map((id) => resultOf(id).reason);
    assert.deepEqual(reasons, ['output-invalid', 'output-invalid', 'output-invalid', 'output-missing']);
    assert.equal(resultOf('not-numbers').detail, '2 faults in the predictions');
    assert.deepEqual(resultOf('not-numbers').faults?.first, [
      { fault: 'not-a-number', line: 2 },
      { fault: 'not-a-number', line: 3 },
    ]);
    const found = ['two-gigabytes', 'a-link', 'nothing'].map((id) => resultOf(id).runs.at(-1)?.facts?.predictions);
    assert.deepEqual(found, ['too-large', 'link', 'missing']);
  });

  it('retries a run that filled its shared memory once, on the same class, with all its memory as shared memory', () => {
    const { state, runs } = resultOf('shares-much');
    const [probe, full, last] = runs;
    assert.deepEqual([state, runs.length, probe?.purpose], ['finished', 3, 'probe']);
    assert.deepEqual([full?.reason, full?.class, last?.reason], ['submission-error', last?.class, null]);
  });

  it('does not affect the other submissions', () => {
    assert.deepEqual([resultOf('good').state, resultOf('good').score?.toFixed(6)], ['finished', '0.693147']);
    assert.ok(results.submissions.every(({ fault, state }) => state === 'finished' || fault === 'team'));
  });
});
