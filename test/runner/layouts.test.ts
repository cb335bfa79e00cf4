import assert from 'node:assert/strict';
import { containerSettings } from '../../src/campaign/model/container-settings.ts';
import { type LayoutName, layouts } from '../../src/campaign/model/layouts.ts';
import type { ImageRecipe } from '../support/images/oci-image.ts';
import { RunnerRig } from './runner-rig.ts';

describe('images made for other platforms run unchanged', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  /** The DFDC winner's: two arguments give the location of everything. */
  const dfdc =
    '#!/bin/sh\n[ $# = 2 ] || { echo "usage: predict_submission.sh TEST_DIR OUT_CSV" >&2; exit 2; }\ncat $1/a.txt > $2\n';
  const app = {
    files: { '/app/predict_submission.sh': { content: dfdc } },
    config: { WorkingDir: '/app', Cmd: ['old'] },
  };

  interface Style {
    image: ImageRecipe;
    layout?: LayoutName;
    args?: string[];
    command?: string[];
  }
  const words = { command: ['./predict_submission.sh'], args: ['{input}', '{predictions}'] };
  const styles: Record<string, Style> = {
    'predict_submission.sh TEST_DIR OUT_CSV': { image: app, ...words },
    'its own entry point with the campaign’s arguments': {
      image: { ...app, config: { Entrypoint: ['/app/predict_submission.sh'], Cmd: ['--help'] } },
      args: ['{input}', '{output}/predictions.csv'],
    },
    'a Codabench command in a shell': {
      layout: 'codabench',
      image: { script: 'exit 9' },
      command: ['sh', '-c', 'exec cat "$0" > "$1"', '/app/input_data/a.txt', '{predictions}'],
    },
    'grand-challenge': { layout: 'grand-challenge', image: { script: 'cat /input/a.txt > /output/predictions.csv' } },
    Kaggle: {
      layout: 'kaggle',
      image: {
        script: 'cat /kaggle/input/a.txt > submission.csv',
        config: { WorkingDir: '/kaggle/working' },
        folders: { '/kaggle/working': 0o755 },
      },
    },
    EvalAI: {
      layout: 'evalai',
      image: { script: 'cat /dataset/a.txt > $SUBMISSION_PATH; touch /submission/completed.txt' },
    },
    DrivenData: {
      layout: 'drivendata',
      image: { script: 'cd /code_execution; cat data/a.txt > submission/submission.csv; echo x > submission/log.txt' },
    },
    TIRA: { layout: 'tira', image: { script: 'cat $inputDataset/a.txt > $outputDir/predictions.csv' } },
    AIcrowd: {
      layout: 'aicrowd',
      image: { script: 'cat $TEST_DATASET_PATH/a.txt > $RESULTS_DATASET_PATH/submission.csv' },
    },
    MedPerf: {
      layout: 'medperf',
      image: { script: 'cat /mlcommons/volumes/data/a.txt > /mlcommons/volumes/predictions/predictions.csv' },
    },
    'any layout, by Holdout’s variables': {
      layout: 'medperf',
      image: { script: 'cat $HOLDOUT_INPUT/a.txt > $HOLDOUT_OUTPUT/predictions.csv' },
    },
  };
  for (const [style, { image, layout, ...settings }] of Object.entries(styles)) {
    it(style, async () => {
      const predictions = {
        file: layouts[layout ?? 'holdout'].file,
        id: 'id',
        value: 'v',
        maxBytes: 1e6,
        missing: 'reject',
      } as const;
      const orders = containerSettings({ predictions, ...(layout && { layout }), ...settings }, {});
      const { outcome, log } = await rig.run(image, { predictions, ...orders });
      assert.deepEqual([outcome.end, outcome.predictions.kind], [{ kind: 'exited', exitCode: 0 }, 'collected'], log);
      assert.equal(outcome.predictions.kind === 'collected' && outcome.predictions.bytes, 'alpha'.length);
    });
  }

  it('and one that needs arguments says so itself if it gets none', async () => {
    const { outcome, log } = await rig.run({ ...app, config: { Entrypoint: ['/app/predict_submission.sh'] } });
    assert.deepEqual(
      [outcome.end, log],
      [{ kind: 'exited', exitCode: 2 }, 'usage: predict_submission.sh TEST_DIR OUT_CSV\n'],
    );
  });

  it('and one that writes into its work folder fails on the read-only root, and its output says so', async () => {
    const { outcome } = await rig.run({ script: 'echo x > tmpfile || exit 7', config: { WorkingDir: '/bin' } });
    assert.deepEqual(outcome.end, { kind: 'exited', exitCode: 7 });
    assert.match(outcome.log.tail, /Read-only file system/);
  });
});
