import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectArchive, type InspectedArchive } from '../../../src/images/inspect-archive.ts';
import type { ArchiveLimits } from '../../../src/images/archive/archive-limits.ts';

/** The only image of a layout that the gate wrote. */
export interface WrittenImage {
  config: { digest: string };
  layers: { mediaType: string; digest: string; size: number }[];
  diffIds: string[];
}

/** Passes small archives through the gate, in a separate folder. */
export class GateRig {
  private count = 0;
  private constructor(readonly folder: string) {}

  static async start(): Promise<GateRig> {
    return new GateRig(await mkdtemp(join(tmpdir(), 'gate-')));
  }

  async stop(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  /** An empty folder to inspect into. */
  async fresh(): Promise<string> {
    const into = join(this.folder, `${(this.count += 1)}`);
    await mkdir(into);
    return into;
  }

  async inspect(archive: Buffer, limits: Partial<ArchiveLimits> = {}): Promise<InspectedArchive> {
    const into = await this.fresh();
    const path = join(this.folder, 'image.tar');
    await writeFile(path, archive);
    return inspectArchive(path, { limits: { imageBytes: 2 ** 24, unpackedBytes: 2 ** 25, ...limits }, into });
  }

  /** The layout of an archive that must be accepted. */
  async accepted(archive: Buffer): Promise<Extract<InspectedArchive, { kind: 'accepted' }>> {
    const result = await this.inspect(archive);
    if (result.kind === 'refused') throw new Error(`refused: ${result.why}`);
    return result;
  }

  /** Reads a layout as another program would, by its index alone. */
  async written(layout: string): Promise<WrittenImage> {
    const json = async (path: string) => JSON.parse(await readFile(join(layout, path), 'utf8'));
    const blob = (digest: string) => json(`blobs/sha256/${digest.slice('sha256:'.length)}`);
    const { manifests } = await json('index.json');
    const { config, layers } = await blob(manifests[0].digest);
    return { config, layers, diffIds: (await blob(config.digest)).rootfs.diff_ids };
  }
}
