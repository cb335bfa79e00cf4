import { type HoldoutError, holdoutError } from '../../errors.ts';
import { quoted } from '../../safe-text.ts';

/** How nvidia-smi ended, or how long it gave no reading. */
export type NvidiaEnd =
  | { kind: 'not-started'; error: Error }
  | { kind: 'ended'; exitCode: number | null; signal: string | null }
  | { kind: 'silent'; seconds: number };

/** Exit status by its manual: NVIDIA driver is not loaded. */
const driverNotLoaded = 9;

/** DEVICE_UNREADABLE for an nvidia-smi without a reading; `lastLine` is the last line that it printed. */
export function unreadable(end: NvidiaEnd, lastLine: string | undefined): HoldoutError {
  const { found, next } = explain(end);
  const output = lastLine === undefined ? '' : `, ${quoted(lastLine, 120)}`;
  return holdoutError('DEVICE_UNREADABLE', { program: 'nvidia-smi', found: `${found}${output}`, next });
}

function explain(end: NvidiaEnd): { found: string; next: string } {
  switch (end.kind) {
    case 'not-started':
      return {
        found: isMissing(end.error) ? 'is not on the PATH of this host' : `cannot be started: ${end.error.message}`,
        next: 'Install the driver of the GPU, which brings nvidia-smi, or add its folder to the PATH',
      };
    case 'silent':
      return {
        found: `gave no reading within ${end.seconds} s`,
        next: 'Run nvidia-smi by hand: if it hangs, look for Xid in the kernel log (dmesg) and restart the host',
      };
    case 'ended':
      return end.exitCode === driverNotLoaded
        ? {
            found: `cannot reach the driver of the GPU: exit status ${end.exitCode}`,
            next: 'Load the driver (modprobe nvidia); if that fails, install the one for this kernel',
          }
        : {
            found: `shows no device on this host: ${end.signal === null ? `exit status ${end.exitCode}` : `ended by ${end.signal}`}`,
            next: 'Check that the host has an NVIDIA GPU (lspci) and run nvidia-smi by hand',
          };
  }
}

const isMissing = (error: Error): boolean => 'code' in error && error.code === 'ENOENT';
