import { baseImageOf } from './base-image.ts';
import { inspectDockerArchive } from './docker-archive.ts';
import { inspectOciArchive } from './oci-archive.ts';
import { Refusal, refuse } from './refusal.ts';
import { scanArchive } from './scan-archive.ts';

/** What `docker save` or `podman save` writes, or an OCI layout in a tar. Either may be gzipped. */
export type ArchiveFormat = 'oci-archive' | 'docker-archive';

/** `base`: see {@link baseImageOf}. `refused` is the team's; `why` is one safe line that says what would be right. */
export type InspectedArchive =
  { kind: 'accepted'; format: ArchiveFormat; base: string | null } | { kind: 'refused'; why: string };

/**
 * The gate for handed-in images: reads the outer tar before any unpacker does. Accepted means one linux/amd64 image of at
 * most `maxBytes` with all its parts. What is inside the layers is not looked at. Throws when the disk fails.
 */
export async function inspectArchive(path: string, { maxBytes }: { maxBytes: number }): Promise<InspectedArchive> {
  try {
    const archive = await scanArchive(path, maxBytes);
    const index = archive.files.get('index.json');
    const manifest = archive.files.get('manifest.json');
    // Newer `docker save` writes both; the OCI layout is the one whose digests are checked all the way down.
    if (index !== undefined) {
      const base = baseImageOf(inspectOciArchive(archive, index));
      return { kind: 'accepted', format: 'oci-archive', base };
    }
    if (manifest === undefined) refuse('the archive has neither index.json (OCI) nor manifest.json (docker save)');
    const base = baseImageOf(inspectDockerArchive(archive, manifest));
    return { kind: 'accepted', format: 'docker-archive', base };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', why: error.message };
    throw error;
  }
}
