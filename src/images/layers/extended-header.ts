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
    if (key === 'path' || key === 'linkpath') {
      if (value.includes(0)) damaged();
      header[key] = value;
    } else if (key === 'size' || key === 'gid') {
      header[key] = wholeNumber(value, damaged);
    } else if (key === 'uid') {
      wholeNumber(value, damaged);
    } else if (key === 'mtime' || key === 'atime' || key === 'ctime') {
      if (!/^-?\d{1,18}(?:\.\d*)?$/.test(value.toString('latin1'))) damaged();
    } else if (key === 'uname' || key === 'gname') {
      if (value.includes(0)) damaged();
    } else if (key.startsWith(attribute)) {
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

function wholeNumber(value: Buffer, damaged: () => never): number {
  const text = value.toString('latin1');
  if (!/^\d{1,15}$/.test(text)) damaged();
  return Number(text);
}

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
