import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Isolation } from '../../campaign/model/classes/instance-class-kinds.ts';
import { holdoutError } from '../../errors.ts';
import type { EngineSettings } from '../runner-settings.ts';
import { ContainerEngine } from './engine.ts';

const runtime = 'runsc';

/**
 * The engine as a class's `isolation` wants it. Throws RUNTIME_MISSING if this host cannot do that, ENGINE_SILENT if docker does not
 * answer.
 */
export async function isolatedEngine(
  settings: EngineSettings,
  isolation: Isolation | undefined,
): Promise<EngineSettings> {
  if (isolation === undefined) return settings;
  return settings.name === 'docker' ? withDockerRuntime(settings) : withPodmanRuntime(settings);
}

/** Docker knows its runtimes and their flags by its own configuration: `runsc install` writes it. */
async function withDockerRuntime(settings: EngineSettings): Promise<EngineSettings> {
  const answer = await new ContainerEngine(settings).call(['info', '--format', '{{json .Runtimes}}']);
  if (answer.status !== 0) throw holdoutError('ENGINE_SILENT', { cause: answer.stderr });
  if (!Object.hasOwn(JSON.parse(answer.stdout) as object, runtime)) throw missing(settings);
  return { ...settings, runFlags: [...settings.runFlags, `--runtime=${runtime}`] };
}

/** Podman makes no network namespace that this runtime accepts; without a network of its own it needs none. */
async function withPodmanRuntime(settings: EngineSettings): Promise<EngineSettings> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  for (const program of folders.map((folder) => join(folder, runtime))) {
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    const flags = [`--runtime=${program}`, '--runtime-flag=network=none'];
    if (isThere) return { ...settings, command: [...settings.command, ...flags] };
  }
  throw missing(settings);
}

const missing = ({ name }: EngineSettings): Error => holdoutError('RUNTIME_MISSING', { runtime, engine: name });
