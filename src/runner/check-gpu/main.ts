/**
 * `npm run check:gpu` checks that the runner measures an NVIDIA GPU correctly: it allocates known amounts and compares. One
 * file without packages, for a machine with one idle GPU: `node check-gpu.mjs`. It needs nvidia-smi, python3 and
 * libcuda.so.1, but no container engine. Exit status: {@link exitStatus}.
 */
import { HoldoutError, messageOf } from '../../errors.ts';
import { accountedApps } from '../device/nvidia-smi.ts';
import {
  type CheckedGpu,
  checkFilled,
  checkFreed,
  checkHeld,
  checkShortPeak,
  checkTooLarge,
  type Finding,
  measureContext,
} from './known-amounts.ts';

/** `notRun` must not look like a pass. */
const exitStatus = { agrees: 0, differs: 1, notRun: 3 } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const first = await measureContext().catch((error: unknown) => {
    if (error instanceof HoldoutError && error.code === 'DEVICE_UNREADABLE') return `${error.message} ${error.next}`;
    throw error;
  });
  if (typeof first === 'string') return notRun(first);
  const { result: started, device } = first;
  if (started.kind === 'impossible') return notRun(`CUDA cannot be used: ${started.why}`);
  const gpu = { name: started.gpu, totalMiB: started.totalMiB, contextMiB: device.peakMiB - device.idleMiB };
  say(`${gpu.name}, driver ${device.driver}: ${device.totalMiB} MiB by nvidia-smi, ${gpu.totalMiB} MiB by CUDA`);
  const contextIsSeen = show({
    what: 'a process that allocates nothing but its context',
    expectedMiB: [device.idleMiB + 2, device.totalMiB],
    measuredMiB: device.peakMiB,
  });
  const othersAgree = await checkAll(gpu);
  return contextIsSeen && othersAgree ? exitStatus.agrees : exitStatus.differs;
}

async function checkAll(gpu: CheckedGpu): Promise<boolean> {
  const agrees: boolean[] = [];
  for (const check of [checkHeld, checkFreed, checkTooLarge, checkFilled]) agrees.push(show(await check(gpu)));
  // A process has run, so accounting is not empty if it is on.
  if ((await accountedApps()).length > 0) agrees.push(show(await checkShortPeak(gpu)));
  else say('       a peak between two samples is not seen: accounting is off (nvidia-smi -pm 1; nvidia-smi -am 1)');
  return agrees.every(Boolean);
}

function show({ what, expectedMiB: [least, most], measuredMiB, problem }: Finding): boolean {
  const agrees = problem === undefined && measuredMiB >= least && measuredMiB <= most;
  const words = `${what}: expected ${least} to ${most} MiB, measured ${measuredMiB}`;
  say(`${agrees ? 'ok   ' : 'WRONG'}  ${words}${problem === undefined ? '' : `; ${problem}`}`);
  return agrees;
}

function notRun(why: string): number {
  say(`not run: ${why}`);
  return exitStatus.notRun;
}

process.exitCode = await main().catch((error: unknown) => {
  say(`WRONG  ${messageOf(error)}`);
  return exitStatus.differs;
});
