import { accessSync, constants } from 'node:fs';
import { messageOf } from '../../errors.ts';
import { isCgroupV2 } from '../cgroups.ts';
import { missing, note, ok, requirementLines, type Requirement } from '../../requirement.ts';
import { runCommand } from '../../run-command.ts';
import { freeMiBAt } from '../free-space.ts';
import { homeFolder, nearestFolder, neededMiB } from '../stack/home/home.ts';
import { portHolder } from '../stack/parts/port-holder.ts';
import { isFreePort, portNames, portRequests, portVariables, defaultPorts } from '../stack/parts/ports.ts';
import { ToolCache } from '../tools/cache.ts';
import { which } from '../tools/find-engine.ts';
import { commandsByHand, findTool } from '../tools/obtain-tool.ts';
import { installCommand } from '../tools/debian-packages.ts';
import { neededPrograms, unsupportedBecause } from '../tools/open-engine.ts';
import { temporal, versitygw, type Tool } from '../tools/pinned-tools.ts';
import { engineRequirement } from './engine-requirement.ts';
import { keeperOf } from '../stack/keeper.ts';

/** Writes one line per requirement and, under each missing one, the command that fixes it. Returns the exit status. */
export async function machineDoctor(write: (text: string) => void): Promise<number> {
  const checks = [
    checkSystem(),
    checkKernelLog(),
    checkHome(),
    await checkTool(temporal),
    await checkTool(versitygw),
    ...(await checkPrograms()),
    ...(await engineRequirement()),
    ...(await checkPorts()),
  ];
  write(requirementLines(checks));
  return checks.some(({ state }) => state === 'MISSING') ? 1 : 0;
}

function checkSystem(): Requirement {
  const because = unsupportedBecause();
  return because === undefined
    ? ok('system', `Linux on x86-64, as root, cgroup ${isCgroupV2() ? 'v2' : 'v1'}, Node ${process.versions.node}`)
    : missing('system', because, 'Linux on x86-64 as root (sudo), or: docker compose up');
}

/** On cgroup v1 only the kernel's log distinguishes an out-of-memory kill from any other. */
function checkKernelLog(): Requirement {
  if (isCgroupV2()) return ok('out-of-memory records', 'memory.events of the control group');
  try {
    accessSync('/dev/kmsg', constants.R_OK);
    return ok('out-of-memory records', '/dev/kmsg');
  } catch {
    return note('out-of-memory records', '/dev/kmsg cannot be read: an out-of-memory kill will be reported as unknown');
  }
}

function checkHome(): Requirement {
  const home = homeFolder();
  const folder = nearestFolder(home);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    return missing('HOLDOUT_HOME', messageOf(error), 'HOLDOUT_HOME=/path/to/a/writable/folder');
  }
  const free = freeMiBAt(folder);
  const found = `${home}, ${free} MiB free`;
  return free < neededMiB
    ? missing('HOLDOUT_HOME', found, `free ${neededMiB} MiB, or: HOLDOUT_HOME=/path/on/another/disk`)
    : ok('HOLDOUT_HOME', found);
}

async function checkTool(tool: Tool): Promise<Requirement> {
  const cache = new ToolCache();
  const named = `${tool.name} ${tool.version}`;
  try {
    const found = await findTool(tool, cache);
    if (found !== undefined) return ok(tool.what, `${named}, ${found}`);
    const [byHand = ''] = commandsByHand(tool, cache.program(tool.name, tool.version));
    return missing(tool.what, `${named} is downloaded or built at the first start`, byHand);
  } catch (error) {
    return missing(tool.what, `${named}: ${messageOf(error)}`, 'XDG_CACHE_HOME=/path/to/a/writable/folder');
  }
}

async function checkPrograms(): Promise<Requirement[]> {
  return Promise.all(
    Object.entries(neededPrograms).map(async ([program, packageName]) => {
      const path = which(program);
      if (path === undefined) return missing(program, 'not installed', installCommand([packageName]));
      const flag = program === 'mkfs.ext4' ? '-V' : '--version';
      const { stdout, stderr } = await runCommand(path, [flag], { timeout: 10_000 });
      const version = /[0-9]+(\.[0-9]+)+/.exec(stdout || stderr)?.[0] ?? '';
      return ok(program, `${version}, ${path}`);
    }),
  );
}

async function checkPorts(): Promise<Requirement[]> {
  const requests = portRequests();
  const keeper = keeperOf(homeFolder());
  if (keeper !== undefined)
    return [ok('ports', `the stack is up, supervised by process ${keeper.pid}: npm run holdout -- local status`)];
  return Promise.all(
    portNames.map(async (name) => {
      const requested = requests[name];
      const port = requested ?? defaultPorts[name];
      const what = `port for ${name}`;
      if (port === 0) return ok(what, 'any free port');
      if (await isFreePort(port)) return ok(what, `${port} is free`);
      const found = `${port} is taken by ${portHolder(port) ?? 'another program'}`;
      return requested === undefined
        ? note(what, `${found}; a free port will be used`)
        : missing(what, found, `stop that program, or: ${portVariables[name]}=0`);
    }),
  );
}
