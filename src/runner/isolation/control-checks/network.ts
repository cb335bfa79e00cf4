import type { DrillEvidence } from '../drill-findings.ts';
import type { ProgramFindings } from '../program/hostile-program.ts';
import { errno } from '../program/call-numbers.ts';
import { type Judgement, notRefused, unless } from './faults.ts';

const noRoute = [
  errno.ENETUNREACH,
  errno.EHOSTUNREACH,
  errno.ENETDOWN,
  errno.EADDRNOTAVAIL,
  errno.EAFNOSUPPORT,
  errno.EACCES,
  errno.EPERM,
];

/** Nothing outside the container can be reached, and it has no interface but its own loopback. */
export function judgeNetwork(
  { targets, interfaces }: ProgramFindings,
  { outside }: Pick<DrillEvidence, 'outside'>,
): Judgement {
  const results = (isLoopback: boolean): [string, number | undefined][] =>
    targets.filter(({ target }) => target.isLoopback === isLoopback).map(({ target, result }) => [target.name, result]);
  const names = [...(interfaces ?? '').matchAll(/^\s*([^\s:]+):/gm)].map(([, name = '']) => name);
  return {
    faults: [
      ...outside.reached.map((name) => `a connection arrived at ${name}`),
      ...notRefused(results(false), noRoute),
      // Its own loopback refuses what nobody serves there.
      ...notRefused(results(true), [...noRoute, errno.ECONNREFUSED]),
      ...unless(names.join() === 'lo', `its interfaces are ${names.join(', ') || 'unknown'}`),
    ],
    seen: `no way to ${targets.length} addresses; its only interface is lo`,
  };
}
