import { finished, one, predictScript, withScript, type Case } from './case.ts';

/** Predictions of one half for every input, from and to fixed places. */
const fixed = (input: string, output: string): string =>
  `(echo filename,label; for f in ${input}/*; do echo "\${f##*/},0.5"; done) > ${output}`;

/** Images made for other platforms: campaigns by name, each with keys of its file and what it is handed. */
export const layoutCampaigns: Record<string, { keys: readonly string[]; cases: Record<string, Case> }> = {
  'like-kaggle': {
    keys: ['layout: kaggle', 'command: [sh, predict_submission.sh]', "args: ['{input}', '{predictions}']"],
    cases: {
      'script-of-the-campaign': {
        write: one({ ...predictScript, config: { WorkingDir: '/app' } }),
        expected: finished,
      },
      'entry-point-of-the-row': {
        write: one(withScript(`[ $# -eq 0 ] || exit 2; ${fixed('/kaggle/input', '/kaggle/working/submission.csv')}`)),
        row: { command: '/run.sh', args: '[]' },
        expected: finished,
      },
    },
  },
  'like-evalai': {
    keys: ['layout: evalai'],
    cases: { evalai: { write: one(withScript(fixed('/dataset', '"$SUBMISSION_PATH"'))), expected: finished } },
  },
  'like-codabench': {
    keys: ['layout: codabench'],
    cases: {
      codabench: {
        write: one(withScript(fixed('/app/input_data', '/app/output/predictions.csv'))),
        expected: finished,
      },
    },
  },
  'like-grand-challenge': {
    keys: ['layout: grand-challenge', 'rootFilesystem: writable'],
    cases: {
      'writes-into-its-work-folder': {
        write: one({
          ...withScript(`echo x > cache && mkdir -p a/b || exit 7; ${fixed('/input', '/output/predictions.csv')}`),
          config: { WorkingDir: '/app' },
        }),
        expected: finished,
      },
      'writes-where-root-owns': {
        write: one({
          ...withScript(`echo x > /etc/passwd && exit 7; ${fixed('/input', '/output/predictions.csv')}`),
          config: { WorkingDir: '/app' },
        }),
        expected: finished,
      },
    },
  },
};
