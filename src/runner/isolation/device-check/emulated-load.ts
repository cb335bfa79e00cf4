import { defaultPaths } from '../../../campaign/model/layouts.ts';
import { Attacks } from '../program/attacks.ts';
import { call } from '../program/machine-code.ts';
import { ProgramMemory } from '../program/memory.ts';
import { reportName } from '../program/hostile-program.ts';
import type { DeviceLoad } from './device-load.ts';
import { executableOf } from '../program/executable.ts';
import { nr, openFlags } from '../program/call-numbers.ts';

const mebibyte = 2 ** 20;

/** Takes `mebibytes` of an emulated device and holds them for `holdMs`. */
export function emulatedLoad(folder: string, mebibytes: number, holdMs: number): DeviceLoad {
  const memory = new ProgramMemory();
  const attacks = new Attacks(memory);
  // struct statfs: type, block size, blocks, …
  const fields = Array.from({ length: 15 }, () => memory.slot());
  const [type, blockBytes, blocks] = fields;
  if (type === undefined || blockBytes === undefined || blocks === undefined) throw new RangeError('no slots');
  const result = attacks.call(nr.statfs, memory.path(folder), type.slot);
  const { written } = attacks.fillFile(`${folder}/load`, mebibytes);
  attacks.sleep(holdMs);
  const report = attacks.open(`${defaultPaths.output}/${reportName}`, openFlags.writeOnly | openFlags.create, 0o600);
  attacks.emit(call(nr.write, report, memory.base, memory.reportBytes), call(nr.exit));
  return {
    executable: executableOf(attacks.code, memory),
    needsLibraries: false,
    reportBytes: memory.reportBytes,
    read: (bytes) => {
      if (bytes.length !== memory.reportBytes) return undefined;
      if (memory.numberIn(bytes, result) !== 0) return { count: 0, devices: [], problem: `${folder} cannot be read` };
      const size = (memory.numberIn(bytes, blockBytes) ?? 0) * (memory.numberIn(bytes, blocks) ?? 0);
      const takenMiB = (memory.numberIn(bytes, written) ?? 0) / mebibyte;
      return { count: 1, devices: [{ name: 'emulated', totalMiB: size / mebibyte, takenMiB }], problem: undefined };
    },
  };
}
