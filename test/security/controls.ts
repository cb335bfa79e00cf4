import { gateControls, leftOutOfGate } from './controls/gate.ts';
import { launchControls } from './controls/launch.ts';
import { mountControls } from './controls/mounts.ts';
import { objectControls } from './controls/objects.ts';
import { permissionControls } from './controls/permissions.ts';
import { portControls } from './controls/ports.ts';
import { pseudonymControls } from './controls/pseudonyms.ts';
import { recordControls } from './controls/record.ts';
import { recordFaultControls } from './controls/record-faults.ts';
import { runnerControls } from './controls/runner.ts';
import { sandboxControls } from './controls/sandbox.ts';
import { sealingControls } from './controls/sealing.ts';
import { surfaceControls } from './controls/surfaces.ts';
import { systemCallControls } from './controls/system-calls.ts';
import { temporalControls } from './controls/temporal.ts';

/** The controls that the drill removes, by area. */
export const areas = {
  'The container': [...sandboxControls, ...mountControls],
  'Other containers': launchControls,
  'System calls': systemCallControls,
  'The runner': runnerControls,
  'The gate for images': gateControls,
  'Local surfaces': surfaceControls,
  'Ports and web pages': portControls,
  Permissions: permissionControls,
  Temporal: temporalControls,
  'The record': recordControls,
  'Faults of a record': recordFaultControls,
  'Objects handed in': objectControls,
  Pseudonyms: pseudonymControls,
  'Sealed outputs': sealingControls,
};

/** Controls that no test of a reasonable length can notice, and why. */
export const leftOut: Readonly<Record<string, string>> = { ...leftOutOfGate };
