import type { Evidence } from '../drill-findings.ts';
import type { Findings } from '../program/hostile-program.ts';
import { errno } from '../program/system-calls.ts';
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
export function judgeNetwork({ targets, interfaces }: Findings, { outside }: Pick<Evidence, 'outside'>): Judgement {
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
