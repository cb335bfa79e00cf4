import type { ProgramFindings } from '../program/hostile-program.ts';
import { errno } from '../program/call-numbers.ts';
import { type Judgement, notRefused, unless } from './faults.ts';
import { lineOf } from './user.ts';

/** By a signal: SIGSYS of the filter, or SIGSEGV of a kernel without such an entry. */
const endedByEntry = [31, 11];

/**
 * The filter refuses every call that it does not allow, also by the kernel's entries for other programs. Docker before 23 knows no
 * ENOSYS for that and answers EPERM, which the kernel's own answer to some calls may be, too.
 */
export function judgeSystemCalls({ forbidden, otherEntries, status, unknownCall }: ProgramFindings): Judgement {
  const mode = lineOf(status, 'Seccomp');
  const isOldEngine = unknownCall === errno.EPERM;
  return {
    faults: [
      ...notRefused(forbidden, isOldEngine ? [errno.ENOSYS, errno.EPERM] : [errno.ENOSYS]),
      ...notRefused([['create_module', unknownCall]], [errno.ENOSYS, errno.EPERM]),
      ...notRefused(
        otherEntries.map((entry, n) => [['32-bit calls', 'x32 calls'][n] ?? '', entry]),
        endedByEntry,
      ),
      ...unless(mode === '2', `the kernel applies no filter (Seccomp: ${mode ?? 'unknown'})`),
    ],
    seen:
      `${forbidden.size} calls are refused; 32-bit and x32 calls end the process` +
      (isOldEngine ? '; this engine cannot answer ENOSYS, but EPERM' : ''),
  };
}
