import { holdoutError } from '../../errors.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';

/** Throws ENGINE_SILENT unless the engine's server answers. */
export async function checkEngine(engine: ContainerEngine): Promise<void> {
  const { status, stderr } = await engine.call(['version', '--format', '{{.Server.Version}}']);
  if (status !== 0) throw holdoutError('ENGINE_SILENT', { cause: stderr });
}
