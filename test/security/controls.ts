import { gateControls } from './controls/gate.ts';
import { pseudonymControls } from './controls/pseudonyms.ts';
import { recordControls } from './controls/record.ts';
import { runnerControls } from './controls/runner.ts';
import { sandboxControls } from './controls/sandbox.ts';
import { sealingControls } from './controls/sealing.ts';
import { surfaceControls } from './controls/surfaces.ts';
import { systemCallControls } from './controls/system-calls.ts';
import { temporalControls } from './controls/temporal.ts';

/** The controls that the drill removes, by area. */
export const areas = {
  'The container': sandboxControls,
  'System calls': systemCallControls,
  'The runner': runnerControls,
  'The gate for images': gateControls,
  'Local surfaces': surfaceControls,
  Temporal: temporalControls,
  'The record': recordControls,
  Pseudonyms: pseudonymControls,
  'Sealed outputs': sealingControls,
};
