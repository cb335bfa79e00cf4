import { defaultPaths } from '../../../campaign/model/layouts.ts';
import type { RunSpec } from '../../../campaign/model/run-spec.ts';
import type { Device } from '../../device/device.ts';

/** Holdout's own variables: those of the layout, and where the submission's folders are. */
export const ownVariables = (
  { paths = defaultPaths, environment = {} }: RunSpec,
  device: Device,
): Record<string, string> => ({
  ...environment,
  HOLDOUT_INPUT: paths.input,
  HOLDOUT_OUTPUT: paths.output,
  ...device.environment,
});
