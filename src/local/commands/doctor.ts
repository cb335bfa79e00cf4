import { temporal, versitygw } from '../tools/tool.ts';
import {
  checkEngine,
  checkHome,
  checkKernelLog,
  checkPorts,
  checkPrograms,
  checkSystem,
  checkTool,
  type MachineCheck,
} from './checks.ts';

const marks = { ok: 'ok', note: 'note', missing: 'MISSING' } as const;

/** Writes one line per requirement and, under each missing one, the command that fixes it. Returns the exit status. */
export async function doctor(write: (text: string) => void): Promise<number> {
  const checks = [
    checkSystem(),
    checkKernelLog(),
    checkHome(),
    await checkTool(temporal),
    await checkTool(versitygw),
    ...(await checkPrograms()),
    await checkEngine(),
    ...(await checkPorts()),
  ];
  write(checks.map(lineOf).join('\n'));
  return checks.some(({ state }) => state === 'missing') ? 1 : 0;
}

const lineOf = ({ what, state, found, fix }: MachineCheck): string =>
  `${marks[state].padEnd(8)}${what.padEnd(23)}${found}${fix === undefined ? '' : `\n${' '.repeat(8)}→ ${fix}`}`;
