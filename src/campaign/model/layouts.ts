/** The two folders of a run, inside the container. */
export interface ContainerPaths {
  input: string;
  output: string;
}

/** The folders of a run without a layout. */
export const defaultPaths: ContainerPaths = { input: '/input', output: '/output' };

/** Where the containers of one competition platform read inputs and write predictions. */
interface Layout extends ContainerPaths {
  /** Default name of the predictions file; `predictions.file` in the campaign file overrides it. */
  file: string;
  /** Environment variables; `{input}`, `{output}` and `{predictions}` are replaced by the paths. */
  environment: Record<string, string>;
}

const layout = (input: string, output: string, file: string, environment: Layout['environment'] = {}): Layout => ({
  input,
  output,
  file,
  environment,
});

/** The layouts by the value of `layout:`; docs/submissions/layouts.md gives the source of each. */
export const layouts = {
  holdout: layout(defaultPaths.input, defaultPaths.output, 'predictions.csv'),
  'grand-challenge': layout('/input', '/output', 'predictions.csv'),
  synapse: layout('/input', '/output', 'predictions.csv'),
  kaggle: layout('/kaggle/input', '/kaggle/working', 'submission.csv'),
  evalai: layout('/dataset', '/submission', 'submission.csv', { SUBMISSION_PATH: '{predictions}' }),
  codabench: layout('/app/input_data', '/app/output', 'predictions.csv'),
  drivendata: layout('/code_execution/data', '/code_execution/submission', 'submission.csv'),
  tira: layout('/tira-data/input', '/tira-data/output', 'predictions.csv', {
    inputDataset: '{input}',
    outputDir: '{output}',
  }),
  aicrowd: layout('/input', '/output', 'submission.csv', {
    TEST_DATASET_PATH: '{input}',
    RESULTS_DATASET_PATH: '{output}',
  }),
  medperf: layout('/mlcommons/volumes/data', '/mlcommons/volumes/predictions', 'predictions.csv'),
} as const satisfies Record<string, Layout>;

export type LayoutName = keyof typeof layouts;

/** All values of `layout:`. */
export const layoutNames = Object.keys(layouts) as [LayoutName, ...LayoutName[]];
