import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { isProbeUseless } from '../campaign/evaluation/useless-probes.ts';
import { containerSettings } from '../campaign/model/container-settings.ts';
import { unpackedBytesOf, type SubmittedImage } from '../campaign/model/frozen-campaign.ts';
import { holdoutError } from '../errors.ts';
import { readBaseRecord } from '../images/base/base-records.ts';
import { hostVerdict } from '../images/scans/host-verdict.ts';
import { scanVerdict } from '../images/scans/store-scan.ts';
import type { StoredImage } from '../images/store/image-store.ts';
import {
  inspectArchive,
  inspectFolder,
  type InspectedArchive,
  type InspectionOptions,
} from '../images/inspect-archive.ts';
import { digestOf, fetchImage } from '../images/store/registry-image.ts';
import type { Dependencies } from './dependencies.ts';
import { defaultPaths } from '../campaign/model/layouts.ts';

/**
 * `base` names the base image; `probeInVain`: probes of other images on that base were useless; `withheld`: parts of the
 * image's configuration that are ignored, as text; `scan`: what the host's and the store's scans found. A refusal is the team's fault, unless
 * `byHost` says that a rule of the host is the cause.
 */
export type PulledImage =
  | (StoredImage & { base: string | null; probeInVain: boolean; withheld: string[]; scan?: string })
  | { kind: 'refused'; why: string; byHost?: true };

/** Fetches a submitted image, inspects it, and puts an accepted one into the private image store. */
export async function pullImage(
  deps: Dependencies,
  input: { campaign: string; submission: string },
): Promise<PulledImage> {
  const folder = await ownFolder(input);
  try {
    const row = await deps.frozen.submission(input.campaign, input.submission);
    const frozen = await deps.frozen.campaign(input.campaign);
    const { command, paths = defaultPaths } = containerSettings(frozen, row);
    const inspected = await inspectImage(deps, row.image, {
      limits: { imageBytes: frozen.limits.imageBytes, unpackedBytes: unpackedBytesOf(frozen.limits) },
      into: folder,
      container: { commandGiven: command !== undefined, mountPoints: [paths.input, paths.output] },
    });
    if (inspected.kind === 'refused') return inspected;
    const { layout, digest, base, withheld } = inspected;
    const into = join(folder, 'scanned');
    const stop = Context.current().cancellationSignal;
    const ofHost = await hostVerdict(deps.results, frozen.scan, { ...input, layout, digest }, { into, stop });
    if (ofHost.kind === 'refused') return { ...ofHost, byHost: true };
    const stored = await deps.images.put(layout, digest, `${input.campaign}/${input.submission}`);
    const scan = await scanVerdict(stored, deps.settings.imageScan);
    if (scan.kind === 'refused') return { ...scan, byHost: true };
    const probeInVain = base !== null && isProbeUseless(await readBaseRecord(deps.results, input.campaign, base));
    const texts = [ofHost, scan].flatMap((verdict) => (verdict.kind === 'reported' ? [verdict.text] : []));
    return { ...stored, base, probeInVain, withheld, ...(texts.length > 0 && { scan: texts.join('; ') }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes a folder for this attempt. Removes that of the attempt before, which a killed worker may have left. */
async function ownFolder({ campaign, submission }: { campaign: string; submission: string }): Promise<string> {
  const { attempt } = Context.current().info;
  const folderOf = (attempt: number): string =>
    join(process.env['HOLDOUT_SCRATCH'] ?? tmpdir(), 'hand-in', `${campaign}.${submission}.${attempt}`);
  await rm(folderOf(attempt - 1), { recursive: true, force: true });
  await mkdir(join(folderOf(attempt), 'handed-in'), { recursive: true });
  return folderOf(attempt);
}

/** An archive must still be the frozen one; a reference is fetched by the digest that it had when it was frozen. */
async function inspectImage(
  deps: Dependencies,
  image: SubmittedImage,
  options: InspectionOptions,
): Promise<InspectedArchive> {
  const handedIn = join(options.into, 'handed-in');
  if (image.kind === 'registry') {
    const digest = image.digest ?? (await digestOf(image.reference));
    if (digest === undefined) return { kind: 'refused', why: 'the registry has no image under this reference' };
    const fetched = await fetchImage(image.reference, digest, options.limits, handedIn);
    return fetched.kind === 'refused' ? fetched : inspectFolder(handedIn, options);
  }
  const archive = join(handedIn, 'image.tar');
  const { sha256 } = await deps.store.download(image.bucket, image.key, archive);
  if (sha256 !== image.sha256) throw holdoutError('OBJECT_CHANGED', { bucket: image.bucket, key: image.key });
  return inspectArchive(archive, options);
}
