import { refuse } from '../refusal.ts';

/** The records of an extended (PAX) header that decide what is unpacked. */
export interface ExtendedHeader {
  path?: Buffer;
  linkpath?: Buffer;
  size?: number;
  uid?: number;
  gid?: number;
  /** Whether the entry has attributes of the kind `user.`, which only files and folders can have. */
  hasUserAttributes: boolean;
}

const equals = 0x3d;
const space = 0x20;
const newline = 0x0a;
/** Of one entry: file systems keep them in one block. */
const maxAttributeBytes = 3_500;
const attribute = 'SCHILY.xattr.';

/** Reads the records of an extended header. `damaged` names what is wrong in a Refusal; so do some records. */
export function readExtendedHeader(bytes: Buffer, damaged: () => never): ExtendedHeader {
  const header: ExtendedHeader = { hasUserAttributes: false };
  const seen = new Set<string>();
  let attributeBytes = 0;
  for (const { key, value } of records(bytes, damaged)) {
    // Readers differ in which of two they believe.
    if (seen.has(key)) refuse('a layer has an entry whose extended header says something twice');
    seen.add(key);
    if (/^(?:GNU\.sparse\.|SCHILY\.realsize$)/.test(key)) refuse(sparse);
    if (value.length === 0) continue;
    if (key === 'path' || key === 'linkpath') {
      if (value.includes(0)) damaged();
      header[key] = value;
    } else if (key === 'size' || key === 'uid' || key === 'gid') {
      header[key] = wholeNumber(value, damaged);
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

/** Throws a Refusal for a header that applies to all that follow and says what readers may take in different ways. */
export function checkGlobalHeader(bytes: Buffer, damaged: () => never): void {
  for (const { key } of records(bytes, damaged)) {
    if (/^(?:path|linkpath|size|uid|gid|GNU\..*|SCHILY\..*)$/.test(key)) {
      refuse('a layer has a global extended header that renames or resizes files');
    }
  }
}

const sparse = 'a layer has a sparse file, which readers see in different ways; build the layer without tar --sparse';

function* records(bytes: Buffer, damaged: () => never): Generator<{ key: string; value: Buffer }> {
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(space, at);
    const digits = blank === -1 ? '' : bytes.toString('latin1', at, blank);
    const end = at + Number(digits);
    const isSound = /^[1-9]\d{0,7}$/.test(digits) && end <= bytes.length && bytes[end - 1] === newline;
    const sign = bytes.indexOf(equals, blank);
    if (!isSound || sign <= blank + 1 || sign >= end) damaged();
    const key = bytes.toString('latin1', blank + 1, sign);
    if (key.includes('\0')) damaged();
    yield { key, value: bytes.subarray(sign + 1, end - 1) };
    at = end;
  }
}

function wholeNumber(value: Buffer, damaged: () => never): number {
  const text = value.toString('latin1');
  if (!/^\d{1,15}$/.test(text)) damaged();
  return Number(text);
}

/** Answers the room it takes. Engines set all that a layer has; what the kernel does not accept ends the unpacking. */
function checkedAttribute(name: string, value: Buffer): number {
  if (!/^[!-~]{1,255}$/.test(name) || value.length > 2 ** 16) refuse(unsettable);
  // What overlay file systems take for their own: it moves, hides or renames files.
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
