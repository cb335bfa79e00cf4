import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { inspectArchive } from '../images/inspect-archive.ts';
import type { Dependencies } from './dependencies.ts';

/** `refused` is the team's: the archive is damaged, too large, for another machine or not one image. */
export type PulledImage = { kind: 'pulled'; reference: string; digest: string } | { kind: 'refused'; why: string };

/** The gate: fetches the handed-in image, inspects it, copies it to the private image store and pins its digest. */
export async function pullImage(
  deps: Dependencies,
  input: { campaign: string; submission: string },
): Promise<PulledImage> {
  const beat = setInterval(() => Context.current().heartbeat(), 2_000);
  const folder = await mkdtemp(join(process.env['HOLDOUT_SCRATCH'] ?? tmpdir(), 'hand-in-'));
  try {
    const { teams } = await deps.frozen.manifest(input.campaign);
    const { limits } = await deps.frozen.campaign(input.campaign);
    const row = teams.flatMap(({ submissions }) => submissions).find((row) => row.submission === input.submission);
    if (row === undefined) throw new RangeError(`the manifest has no submission ${input.submission}`);
    const tag = `${input.campaign}/${input.submission}`;
    const archive = join(folder, 'image.tar');
    if (row.image.kind === 'registry') {
      const fetched = await deps.images.fetch(row.image.reference, archive);
      if (fetched.kind === 'refused') return fetched;
    } else {
      const { key, sha256 } = row.image;
      const fetched = await deps.store.download(deps.buckets.images, key, archive);
      if (fetched.sha256 !== sha256) throw new Error(`${key} arrived with sha256 ${fetched.sha256}; trying again`);
    }
    const inspected = await inspectArchive(archive, { maxBytes: limits.imageBytes });
    if (inspected.kind === 'refused') return inspected;
    return await deps.images.put(archive, inspected.format, tag);
  } finally {
    clearInterval(beat);
    await rm(folder, { recursive: true, force: true });
  }
}
