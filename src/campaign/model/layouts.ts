/** The two folders of a run, as the container sees them. */
export interface ContainerPaths {
  input: string;
  output: string;
}

export const usualPaths: ContainerPaths = { input: '/input', output: '/output' };

/** Where one platform's containers find their inputs and leave their predictions. */
export interface Layout extends ContainerPaths {
  /** Name of the predictions file that its images write; the campaign file's own `predictions.file` comes first. */
  file: string;
  /** Variables that it sets; `{input}`, `{output}` and `{predictions}` stand for the paths. */
  environment: Record<string, string>;
}

const layout = (input: string, output: string, file: string, environment: Layout['environment'] = {}): Layout => ({
  input,
  output,
  file,
  environment,
});

/** The layouts by the name that `layout:` takes; docs/layouts.md says where each is from. */
export const layouts = {
  holdout: layout(usualPaths.input, usualPaths.output, 'predictions.csv'),
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

export const layoutNames = Object.keys(layouts) as [LayoutName, ...LayoutName[]];
