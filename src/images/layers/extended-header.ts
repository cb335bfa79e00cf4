import { refuse } from '../refusal.ts';
import { paxRecords } from '../tar/pax-records.ts';

/** The records of an extended (PAX) header that affect what an engine unpacks. */
export interface ExtendedHeader {
  path?: Buffer;
  linkpath?: Buffer;
  size?: number;
  gid?: number;
  /** Whether the entry has `user.` attributes, which only files and folders can have. */
  hasUserAttributes: boolean;
}

/** Per entry: file systems keep all attributes of a file in one block. */
const maxAttributeBytes = 3_500;
const attribute = 'SCHILY.xattr.';
const [withoutZero, wholeNumber, time] = [/^[^\0]*$/, /^\d{1,15}$/, /^-?\d{1,18}(?:\.\d*)?$/];
const formats = new Map([
  ...['path', 'linkpath', 'uname', 'gname'].map((key) => [key, withoutZero] as const),
  ...['size', 'uid', 'gid'].map((key) => [key, wholeNumber] as const),
  ...['mtime', 'atime', 'ctime'].map((key) => [key, time] as const),
]);

/** Reads an extended header. `damaged` throws the Refusal for a malformed one; forbidden records throw their own. */
export function readExtendedHeader(bytes: Buffer, damaged: () => never): ExtendedHeader {
  const header: ExtendedHeader = { hasUserAttributes: false };
  const seen = new Set<string>();
  let attributeBytes = 0;
  for (const { key, value } of paxRecords(bytes, damaged)) {
    // Some readers take the first of two, others the last.
    if (seen.has(key)) refuse('a layer has an entry whose extended header has a record twice');
    seen.add(key);
    if (/^(?:GNU\.sparse\.|SCHILY\.realsize$)/.test(key)) refuse(sparse);
    if (value.length === 0) continue;
    const text = value.toString('latin1');
    if (formats.get(key)?.test(text) === false) damaged();
    if (key === 'path' || key === 'linkpath') header[key] = value;
    else if (key === 'size' || key === 'gid') header[key] = Number(text);
    else if (key.startsWith(attribute)) {
      attributeBytes += checkedAttribute(key.slice(attribute.length), value);
      header.hasUserAttributes ||= key.startsWith(`${attribute}user.`);
    }
  }
  if (attributeBytes > maxAttributeBytes) refuse('a layer has a file with too many extended attributes to unpack');
  return header;
}

/** Throws a Refusal if a header that applies to all later entries has records that readers interpret differently. */
export function checkGlobalHeader(bytes: Buffer, damaged: () => never): void {
  for (const { key } of paxRecords(bytes, damaged)) {
    if (/^(?:path|linkpath|size|uid|gid|GNU\..*|SCHILY\..*)$/.test(key)) {
      refuse('a layer has a global extended header that renames or resizes files');
    }
  }
}

const sparse = 'a layer has a sparse file, which readers interpret differently; build the layer without tar --sparse';

/** Returns the bytes it needs. Engines set every attribute of a layer; one that the kernel rejects stops the unpacking. */
function checkedAttribute(name: string, value: Buffer): number {
  if (!/^[!-~]{1,255}$/.test(name) || value.length > 2 ** 16) refuse(unsettable);
  // Overlay file systems act on these: they move, hide or rename files.
  if (/^(?:trusted|user)\.overlay\./.test(name)) refuse('a layer has a file with attributes of an overlay file system');
  if (name.startsWith('system.')) refuse(unsettable);
  if (name === 'security.capability' && !isCapability(value)) refuse(unsettable);
  return /^(?:user|security|trusted)\./.test(name) ? name.length + value.length : 0;
}

const unsettable = 'a layer has a file with an extended attribute that cannot be set';

/** `struct vfs_cap_data` of revision 2 or 3, linux/capability.h. */
function isCapability(value: Buffer): boolean {
  const revision = value[3];
  return (revision === 2 && value.length === 20) || (revision === 3 && value.length === 24);
}
