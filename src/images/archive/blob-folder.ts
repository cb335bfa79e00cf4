import { createHash } from 'node:crypto';
import { open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../sha256.ts';

/** A file of the archive under the digest that was computed of it. */
export interface Blob {
  /** Hex. */
  sha256: string;
  bytes: number;
}

const smallBytes = 2 ** 16;

/** The files of one handed-in image on disk, each under its sha256; equal ones are kept once. */
export class BlobFolder {
  private readonly kept = new Set<string>();

  constructor(private readonly folder: string) {}

  path({ sha256 }: Blob): string {
    return join(this.folder, sha256);
  }

  /** Keeps a stream of `bytes` bytes. Memory does not grow with them. */
  async take(content: AsyncIterable<Buffer>, bytes: number): Promise<Blob> {
    if (bytes > smallBytes) return this.takeLarge(content, bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    return this.put(Buffer.concat(chunks));
  }

  /** Keeps something small. An archive may have thousands of such files, most of them the same. */
  async put(content: Buffer): Promise<Blob> {
    const blob = { sha256: sha256(content), bytes: content.length };
    if (!this.kept.has(blob.sha256)) await writeFile(this.path(blob), content);
    this.kept.add(blob.sha256);
    return blob;
  }

  private async takeLarge(content: AsyncIterable<Buffer>, bytes: number): Promise<Blob> {
    const incoming = join(this.folder, 'incoming');
    const hash = createHash('sha256');
    const file = await open(incoming, 'w');
    try {
      for await (const chunk of content) {
        hash.update(chunk);
        await file.write(chunk);
      }
    } finally {
      await file.close();
    }
    const blob = { sha256: hash.digest('hex'), bytes };
    await rename(incoming, this.path(blob));
    return blob;
  }
}
