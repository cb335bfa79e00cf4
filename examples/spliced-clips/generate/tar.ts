import { pack, type Pack } from 'tar-stream';

/** A file or folder of an archive; the name is relative. */
export interface TarEntry {
  name: string;
  type: 'file' | 'directory';
  mode: number;
  content: Buffer;
}

export const file = (name: string, content: Buffer, mode = 0o644): TarEntry => ({ name, type: 'file', mode, content });

export const folder = (name: string, mode = 0o755): TarEntry => ({
  name: `${name}/`,
  type: 'directory',
  mode,
  content: Buffer.alloc(0),
});

/** A tar of these entries in this order, owned by root and dated 1970, so the same entries give the same bytes. */
export function tarOf(entries: readonly TarEntry[]): Pack {
  const tar = pack();
  for (const { content, ...header } of entries) {
    tar.entry({ ...header, uid: 0, gid: 0, mtime: new Date(0), size: content.length }, content);
  }
  tar.finalize();
  return tar;
}
