import { type Control, type ControlCheck, controls } from '../../../campaign/model/canaries/canary.ts';
import type { DrillEvidence } from '../drill-findings.ts';
import type { ProgramFindings } from '../program/hostile-program.ts';
import { judgeEnvironment } from './environment.ts';
import { judgeInputs, judgeRoot } from './files.ts';
import { endInWords, faultsInWords, type Judgement } from './faults.ts';
import { judgeMemory, judgeOutput, judgeProcesses } from './limits.ts';
import { judgeNetwork } from './network.ts';
import { judgeSystemCalls } from './system-calls.ts';
import { judgeCapabilities, judgeUser } from './user.ts';

export type Judges = Record<Control, (findings: ProgramFindings, evidence: DrillEvidence) => Judgement>;

/** The judges of an engine's usual runtime, where the kernel of the host confines. */
export const usualJudges: Judges = {
  network: judgeNetwork,
  user: judgeUser,
  capabilities: judgeCapabilities,
  memory: judgeMemory,
  processes: judgeProcesses,
  'read-only-root': judgeRoot,
  'read-only-inputs': judgeInputs,
  'output-size': judgeOutput,
  'system-calls': judgeSystemCalls,
  environment: judgeEnvironment,
};

/** Whether each control held. Without a report none did: what was not tried is not proven. */
export function judgeControls(evidence: DrillEvidence, by: Judges = usualJudges): ControlCheck[] {
  const { findings, outside } = evidence;
  return controls.map((control) => {
    if (findings === undefined) return { control, holds: false, found: `not tried: ${endInWords(outside.end)}` };
    const { faults, seen } = by[control](findings, evidence);
    const holds = faults.length === 0;
    return { control, holds, found: holds ? seen : faultsInWords(faults) };
  });
}
