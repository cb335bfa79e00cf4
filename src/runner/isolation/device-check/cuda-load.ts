import { defaultPaths } from '../../../campaign/model/layouts.ts';
import { Attacks } from '../program/attacks.ts';
import { executableOf } from '../program/executable.ts';
import { reportName } from '../program/hostile-program.ts';
import { libraryFunctions } from '../program/library-functions.ts';
import { call, callFunction, put, store } from '../program/machine-code.ts';
import { ProgramMemory, type Slot, type TextRegion } from '../program/memory.ts';
import { nr, openFlags } from '../program/call-numbers.ts';
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
  const results: CudaResult[] = [];
  const callCuda: CallCuda = (name, ...args) => {
    const result = memory.slot();
    program.emit(callFunction(cuda[name], ...args), store(result));
    results.push({ name, result });
    return result;
  };
  const found = zero(program);
  callCuda('cuInit', 0);
  callCuda('cuDeviceGetCount', found.slot);
  const devices = Array.from({ length: count }, (_, n) => takeDevice(program, callCuda, n, mebibytes));
  program.sleep(holdMs);
  const report = program.open(`${defaultPaths.output}/${reportName}`, openFlags.writeOnly | openFlags.create, 0o600);
  program.emit(call(nr.write, report, memory.base, memory.reportBytes), call(nr.exitGroup));
  return {
    executable: executableOf(program.code, memory, parts),
    needsLibraries: true,
    reportBytes: memory.reportBytes,
    read: (bytes) =>
      bytes.length === memory.reportBytes ? decode(memory, bytes, { found, devices, results, mebibytes }) : undefined,
  };
}

type CudaFunction = (typeof functions)[number];
type CallCuda = (name: CudaFunction, ...args: (number | Slot)[]) => Slot;

interface CudaResult {
  name: CudaFunction;
  result: Slot;
}

function takeDevice(program: Attacks, callCuda: CallCuda, n: number, mebibytes: number): DeviceSlots {
  const [device, total, context, pointer] = [zero(program), zero(program), zero(program), zero(program)];
  const name = program.memory.text(nameBytes);
  callCuda('cuDeviceGet', device.slot, n);
  callCuda('cuDeviceGetName', name.at, nameBytes, device);
  callCuda('cuDeviceTotalMem_v2', total.slot, device);
  callCuda('cuDevicePrimaryCtxRetain', context.slot, device);
  callCuda('cuCtxSetCurrent', context);
  return { name, total, allocated: callCuda('cuMemAlloc_v2', pointer.slot, mebibytes * mebibyte) };
}

interface CudaSlots {
  found: Slot;
  devices: readonly DeviceSlots[];
  results: readonly CudaResult[];
  mebibytes: number;
}

function decode(
  memory: ProgramMemory,
  bytes: Buffer,
  { found, devices, results, mebibytes }: CudaSlots,
): DeviceFindings {
  const failed = results.find(({ result }) => memory.numberIn(bytes, result) !== 0);
  const count = memory.numberIn(bytes, found) ?? 0;
  return {
    count,
    devices: devices.slice(0, count).map(({ name, total, allocated }) => ({
      name: bytes.toString('latin1', name.at - memory.base, name.at - memory.base + nameBytes).replace(/\0.*$/s, ''),
      totalMiB: Math.round((memory.numberIn(bytes, total) ?? 0) / mebibyte),
      takenMiB: memory.numberIn(bytes, allocated) === 0 ? mebibytes : 0,
    })),
    problem: failed && `${failed.name} returned ${memory.numberIn(bytes, failed.result) ?? 'nothing'}`,
  };
}

/** A slot that is 0 at the start: CUDA writes 32 bits into some. */
function zero(program: Attacks): Slot {
  const slot = program.memory.slot();
  program.emit(put(0, slot));
  return slot;
}
