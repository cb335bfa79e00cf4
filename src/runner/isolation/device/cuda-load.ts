import { defaultPaths } from '../../../campaign/model/layouts.ts';
import { Attacks } from '../program/attacks.ts';
import { executableOf } from '../program/executable.ts';
import { reportName } from '../program/hostile-program.ts';
import { libraryFunctions } from '../program/library-functions.ts';
import { call, callFunction, put, store } from '../program/machine-code.ts';
import { ProgramMemory, type Slot, type TextRegion } from '../program/memory.ts';
import { nr, openFlags } from '../program/system-calls.ts';
import type { DeviceFindings, DeviceLoad } from './device-load.ts';

const library = 'libcuda.so.1';
const functions = [
  'cuInit',
  'cuDeviceGetCount',
  'cuDeviceGet',
  'cuDeviceGetName',
  'cuDeviceTotalMem_v2',
  'cuDevicePrimaryCtxRetain',
  'cuCtxSetCurrent',
  'cuMemAlloc_v2',
] as const;
const [nameBytes, mebibyte] = [128, 2 ** 20];

interface DeviceSlots {
  name: TextRegion;
  total: Slot;
  allocated: Slot;
}

/** Takes `mebibytes` of each of `count` NVIDIA devices through the CUDA driver and holds them for `holdMs`. */
export function cudaLoad(count: number, mebibytes: number, holdMs: number): DeviceLoad {
  const memory = new ProgramMemory();
  const program = new Attacks(memory);
  const { slots: cuda, parts } = libraryFunctions(memory, library, functions);
  const callCuda = (name: (typeof functions)[number], ...args: (number | Slot)[]): Slot => {
    const result = memory.slot();
    program.emit(callFunction(cuda[name], ...args), store(result));
    return result;
  };
  const found = zero(program);
  const results: [name: string, result: Slot][] = [
    ['cuInit', callCuda('cuInit', 0)],
    ['cuDeviceGetCount', callCuda('cuDeviceGetCount', found.slot)],
  ];
  const devices = Array.from({ length: count }, (_, n): DeviceSlots => {
    const [device, total, context, pointer] = [zero(program), zero(program), zero(program), zero(program)];
    const name = memory.text(nameBytes);
    results.push(['cuDeviceGet', callCuda('cuDeviceGet', device.slot, n)]);
    callCuda('cuDeviceGetName', name.at, nameBytes, device);
    results.push(['cuDeviceTotalMem', callCuda('cuDeviceTotalMem_v2', total.slot, device)]);
    results.push(['cuDevicePrimaryCtxRetain', callCuda('cuDevicePrimaryCtxRetain', context.slot, device)]);
    results.push(['cuCtxSetCurrent', callCuda('cuCtxSetCurrent', context)]);
    return { name, total, allocated: callCuda('cuMemAlloc_v2', pointer.slot, mebibytes * mebibyte) };
  });
  program.sleep(holdMs);
  const report = program.open(`${defaultPaths.output}/${reportName}`, openFlags.writeOnly | openFlags.create, 0o600);
  program.emit(call(nr.write, report, memory.base, memory.reportBytes), call(nr.exitGroup));
  return {
    executable: executableOf(program.code, memory, parts),
    needsLibraries: true,
    reportBytes: memory.reportBytes,
    read: (bytes) => (bytes.length === memory.reportBytes ? decode(bytes) : undefined),
  };

  function decode(bytes: Buffer): DeviceFindings {
    const failed = results.find(([, result]) => memory.numberIn(bytes, result) !== 0);
    const seen = memory.numberIn(bytes, found) ?? 0;
    return {
      count: seen,
      devices: devices.slice(0, seen).map(({ name, total, allocated }) => ({
        name: bytes.toString('latin1', name.at - memory.base, name.at - memory.base + nameBytes).replace(/\0.*$/s, ''),
        totalMiB: Math.round((memory.numberIn(bytes, total) ?? 0) / mebibyte),
        takenMiB: memory.numberIn(bytes, allocated) === 0 ? mebibytes : 0,
      })),
      problem: failed && `${failed[0]} returned ${memory.numberIn(bytes, failed[1]) ?? 'nothing'}`,
    };
  }
}

/** A slot that is 0 at the start: CUDA writes 32 bits into some. */
function zero(program: Attacks): Slot {
  const slot = program.memory.slot();
  program.emit(put(0, slot));
  return slot;
}
