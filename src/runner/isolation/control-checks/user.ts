import type { DrillEvidence } from '../drill-findings.ts';
import type { ProgramFindings } from '../program/hostile-program.ts';
import { errno } from '../program/call-numbers.ts';
import { type Judgement, notRefused, unless } from './faults.ts';

const { EPERM, EACCES, EAFNOSUPPORT } = errno;

/** It has the run's own user and group alone, and cannot change them. */
export function judgeUser(
  { user, status }: ProgramFindings,
  { expected, outside }: Omit<DrillEvidence, 'findings'>,
): Judgement {
  const [, group = ''] = expected.user.split(':');
  const found = `${user.uid}:${user.gid}`;
  const groups = lineOf(status, 'Groups')?.split(/\s+/).filter(Boolean) ?? [];
  const [setuid, setgid] = [user.setuid, user.setgid];
  return {
    faults: [
      ...unless(found === expected.user, `its user is ${found}, not ${expected.user}`),
      ...unless(outside.owner === expected.user, `its files belong to ${outside.owner ?? 'nobody'}`),
      ...unless(
        groups.every((name) => name === group),
        `its groups are ${groups.join(', ')}`,
      ),
      ...notRefused(Object.entries({ 'setuid 0': setuid, 'setgid 0': setgid }), [EPERM]),
    ],
    seen: `${found}, inside and outside`,
  };
}

const capabilitySets = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

/** It has no capabilities and cannot get any. */
export function judgeCapabilities({ user, status }: ProgramFindings): Judgement {
  const { priority, mknod, rawSocket } = user;
  const attempts = { 'raise its priority': priority, 'make a device': mknod, 'raw socket': rawSocket };
  return {
    faults: [
      ...capabilitySets.flatMap((name) => {
        const value = lineOf(status, name);
        return unless(value !== undefined && /^0+$/.test(value), `${name} is ${value ?? 'unknown'}`);
      }),
      ...unless(lineOf(status, 'NoNewPrivs') === '1', 'new privileges are possible'),
      ...notRefused(Object.entries(attempts), [EPERM, EACCES, EAFNOSUPPORT]),
    ],
    seen: 'all sets are empty; no new privileges',
  };
}

/** A line of /proc/self/status. */
export const lineOf = (status: string | undefined, name: string): string | undefined =>
  new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status ?? '')?.[1]?.trim();
