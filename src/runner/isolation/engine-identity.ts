import { stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';

/** What decides how podman confines: its own programs and its configuration. */
const programs = ['podman', 'conmon', 'runc', 'crun', 'runsc'];
const configuration = [
  '/etc/containers/containers.conf',
  '/usr/share/containers/containers.conf',
  '/etc/containers/storage.conf',
];

/** What an engine says of itself. */
const ofDaemon = '{{.ServerVersion}} {{.ID}} {{.DefaultRuntime}} {{.CgroupDriver}} {{json .SecurityOptions}}';

/** Changes when the engine, its runtimes or its configuration do. Throws ENGINE_SILENT. */
export async function engineIdentity(engine: ContainerEngine, program: string): Promise<string> {
  if (engine.name === 'docker') {
    const { status, stdout, stderr } = await engine.call(['info', '--format', ofDaemon]);
    if (status !== 0) throw holdoutError('ENGINE_SILENT', { cause: stderr });
    return stdout.trim();
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const candidates = [program, ...programs].flatMap((name) =>
    isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name)),
  );
  const found = await Promise.all([...candidates, ...configuration].map(fileIdentity));
  return found.filter(Boolean).join('; ');
}

/** Path, size and time of a file; undefined if there is none. */
const fileIdentity = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ size, mtimeMs }) => `${path} ${size} ${mtimeMs}`,
    () => undefined,
  );
