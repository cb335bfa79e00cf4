import { z } from 'zod';
import { holdoutError } from '../../errors.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';
import { containerLabels } from './container-labels.ts';

/** The engine's record of a container, as far as the launcher needs it. */
const record = z.object({
  Id: z.string(),
  Config: z.object({
    Env: z.array(z.string()).nullable(),
    Labels: z.record(z.string(), z.string()).nullable(),
  }),
});

/** The id of the container that Batch started for a job: this process's own. Throws ENGINE_SILENT. */
export async function ownContainer(engine: ContainerEngine, jobId: string): Promise<string | undefined> {
  const listed = await engine.call(['ps', '--quiet', '--no-trunc']);
  if (listed.status !== 0) throw holdoutError('ENGINE_SILENT', { cause: listed.stderr });
  for (const id of listed.stdout.split('\n').filter(Boolean)) {
    const { status, stdout } = await engine.call(['container', 'inspect', id]);
    // It has ended in the meantime.
    if (status !== 0) continue;
    const [{ Config } = { Config: { Env: null, Labels: null } }] = z.array(record).parse(JSON.parse(stdout));
    if (Config.Labels?.[containerLabels.runner] === undefined && Config.Env?.includes(`AWS_BATCH_JOB_ID=${jobId}`))
      return id;
  }
  return undefined;
}
