import { holdoutError } from '../../errors.ts';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import { atRegistry } from '../../registry/at-registry.ts';
import { whyNot } from '../../registry/registry-errors.ts';
import { run, succeed } from '../sandbox/command.ts';

interface FromStore {
  image: RunSpec['image'];
  /** Accessible to root only. */
  folder: string;
  stop: AbortSignal;
}

/**
 * Runs a command of skopeo or docker that reads an image from the private image store, and returns its output. ECR gets a login
 * of the runner's role, in a file that no longer exists when the submission starts. Throws IMAGE_COPY_FAILED,
 * REGISTRY_LOGIN_FAILED, and COMMAND_FAILED for a store in a folder.
 */
export async function fromStore(command: readonly string[], { image, folder, stop }: FromStore): Promise<string> {
  const { reference } = image;
  if (!reference.startsWith('docker://')) return succeed(command, { stop });
  const { status, stdout, stderr } = await atRegistry({
    reference,
    folder,
    run: (env) => run(command, { stop, env }),
    stop,
  });
  if (status === 0) return stdout;
  throw holdoutError('IMAGE_COPY_FAILED', { image: reference, detail: whyNot(reference, stderr) });
}
