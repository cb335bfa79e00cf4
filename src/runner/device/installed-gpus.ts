import { lastLines, runCommand } from '../../run-command.ts';
import { runnerTimings } from '../runner-timings.ts';
import { unreadable } from './nvidia-failure.ts';

/** The UUIDs of the GPUs that the driver shows to this host. Throws DEVICE_UNREADABLE if it does not answer. */
export async function installedGpus(): Promise<string[]> {
  const query = ['--query-gpu=uuid', '--format=csv,noheader'];
  const limit = runnerTimings.gpuFirstSample;
  const { status, stdout, stderr, startError } = await runCommand('nvidia-smi', query, { timeout: limit });
  if (startError !== undefined) throw unreadable({ kind: 'not-started', error: startError }, undefined);
  if (status === null) throw unreadable({ kind: 'silent', seconds: limit / 1000 }, undefined);
  if (status !== 0) throw unreadable({ kind: 'ended', exitCode: status, signal: null }, lastLines(stdout || stderr, 1));
  return stdout.split('\n').filter((line) => line.startsWith('GPU-'));
}
