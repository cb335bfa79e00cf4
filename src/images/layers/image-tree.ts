import { refuse } from '../refusal.ts';
import { maxLayers, maxPathLinks, maxTreeSteps } from './layer-limits.ts';
import { NodeTable, root } from './node-table.ts';

type NodeKind = 'file' | 'folder' | 'link';

/** The result of walking to a path; `folder` of `missing` is the deepest existing folder on the way. */
export type WalkResult =
  | { kind: NodeKind; node: number; searchable: boolean; leavesImage: boolean }
  | { kind: 'missing'; folder: number; leavesImage: boolean }
  | { kind: 'file-in-the-way' | 'circle' };

/** A folder with its visibility: content from layers below `floor` is hidden. */
interface Place {
  node: number;
  floor: number;
}

const slash = 0x2f;
const rootPlace: Place = { node: root, floor: 0 };
const nothing = Buffer.alloc(0);

/** Bits of `info` in the node table: kind, usable, explicit, layer, layer since which the folder is opaque. */
const kinds = { file: 1, folder: 2, link: 3 } as const;
const kindBits = 0b11;
const usableBit = 0b100;
const explicitBit = 0b1000;
const layerOf = (info: number): number => (info >>> 4) & 0x7f;
const opaqueOf = (info: number): number => (info >>> 11) & 0x7f;

/**
 * The files of an image after all its layers, added lowest layer first by `inspectLayer`. A node is `usable` when the user of
 * a submission may enter the folder or execute the file. Paths are bytes, as in Linux.
 */
export class ImageTree {
  private readonly table = new NodeTable();
  private layer = 0;
  private steps = 0;
  private lastFolder: { path: Buffer; place: Place } | undefined;

  /** Starts the next layer and returns its number, from 1. */
  beginLayer(): number {
    this.layer += 1;
    this.lastFolder = undefined;
    if (this.layer > maxLayers) refuse(`the image has more than ${maxLayers} layers`);
    return this.layer;
  }

  /** Adds a folder, or changes an existing one. Missing folders above it are added too. */
  addFolder(parent: Buffer, name: Buffer, usable: boolean): void {
    const place = this.folder(parent);
    const node = this.child(place, name);
    const info = node === undefined ? 0 : this.table.info(node);
    if (node === undefined || kindOf(info) !== 'folder') {
      if (node !== undefined) this.replace(info);
      this.link(place, name, kinds.folder | explicitBit, usable, nothing);
      return;
    }
    if (layerOf(info) === this.layer && (info & explicitBit) !== 0) twice();
    const kept = info & ~(0x7f << 4) & ~usableBit;
    this.table.setInfo(node, kept | explicitBit | (usable ? usableBit : 0) | (this.layer << 4));
  }

  /** Adds a file or a link, replacing anything of its name; `extra` is the link's target or the script's interpreter. */
  addLeaf(kind: 'file' | 'link', parent: Buffer, name: Buffer, usable: boolean, extra: Buffer): void {
    const place = this.folder(parent);
    const node = this.child(place, name);
    if (node !== undefined) this.replace(this.table.info(node));
    this.link(place, name, kinds[kind] | explicitBit, usable, extra);
  }

  /** Adds a second name of a file. Both must be in the same layer: engines unpack each layer by itself. */
  addHardLink(parent: Buffer, name: Buffer, target: Buffer): void {
    const walk = this.walk(target, { followLast: false });
    const there = walk.kind === 'file' || walk.kind === 'link';
    if (!there || walk.leavesImage) refuse('a layer has a hard link to no file of the image');
    const info = this.table.info(walk.node);
    if (layerOf(info) !== this.layer) {
      refuse('a layer has a hard link to a file of another layer, which no engine can unpack');
    }
    const extra = Buffer.from(this.table.extraOf(walk.node));
    this.addLeaf(walk.kind === 'file' ? 'file' : 'link', parent, name, (info & usableBit) !== 0, extra);
  }

  /** Hides the file or folder of a name in lower layers. */
  remove(parent: Buffer, name: Buffer): void {
    const node = this.child(this.folder(parent), name);
    if (node === undefined) return;
    if (layerOf(this.table.info(node)) === this.layer) refuse('a layer both adds and removes a file');
    this.table.setInfo(node, 0);
    this.lastFolder = undefined;
  }

  /** Hides the content of a folder in lower layers. */
  hideLower(path: Buffer): void {
    const { node } = this.folder(path);
    if (node === root && this.layer > 1) refuse('a layer removes all files of the layers below it');
    this.table.setInfo(node, (this.table.info(node) & ~(0x7f << 11)) | (this.layer << 11));
    this.lastFolder = undefined;
  }

  /** Walks to a path inside the image as the kernel does. Follows a link at its end unless `followLast` is false. */
  find(path: string | Buffer, followLast = true): WalkResult {
    return this.walk(typeof path === 'string' ? Buffer.from(path) : path, { followLast });
  }

  /** The bytes stored with a file. */
  extraOf(node: number): Buffer {
    return this.table.extraOf(node);
  }

  isUsable(node: number): boolean {
    return (this.table.info(node) & usableBit) !== 0;
  }

  /** The absolute path of a node, free of links. */
  pathOf(node: number): string {
    const names: string[] = [];
    for (let at = node; at !== root; at = this.table.parentOf(at)) names.unshift(this.table.nameOf(at).toString());
    return `/${names.join('/')}`;
  }

  /** The folder to add an entry to; created if it is missing. */
  private folder(path: Buffer): Place {
    if (this.lastFolder?.path.equals(path) === true) return this.lastFolder.place;
    const stack: Place[] = [rootPlace];
    const walk = this.walk(path, { followLast: true, create: true }, stack);
    if (walk.kind !== 'folder') refuse('a layer has an entry below a file, or below a link to no folder');
    if (walk.leavesImage) refuse('a layer has an entry below a link that points outside the image');
    const place = stack[stack.length - 1] ?? rootPlace;
    this.lastFolder = { path: Buffer.from(path), place };
    return place;
  }

  private walk(
    path: Buffer,
    { followLast, create = false }: { followLast: boolean; create?: boolean },
    stack: Place[] = [rootPlace],
  ): WalkResult {
    const pending = stepsTo(path, false);
    let links = 0;
    let searchable = true;
    let leavesImage = false;
    for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
      if ((this.steps += 1) > maxTreeSteps) refuse('the paths of the image are too deep, or its links too many');
      const here = stack[stack.length - 1] ?? rootPlace;
      if (isDotDot(step.name)) {
        if (stack.length === 1) leavesImage = true;
        else stack.pop();
        continue;
      }
      if (here.node !== root && !this.isUsable(here.node)) searchable = false;
      let node = this.child(here, step.name);
      if (node === undefined) {
        if (!create || step.ofLink) return { kind: 'missing', folder: here.node, leavesImage };
        node = this.link(here, step.name, kinds.folder, true, nothing);
      }
      const info = this.table.info(node);
      const kind = kindOf(info);
      if (kind === 'folder') {
        if (create) this.touch(node, info);
        stack.push({ node, floor: Math.max(here.floor, opaqueOf(info)) });
      } else if (kind === 'link' && (followLast || pending.length > 0)) {
        if ((links += 1) > maxPathLinks) return { kind: 'circle' };
        const target = this.table.extraOf(node);
        if (target[0] === slash) stack.length = 1;
        for (const targetStep of stepsTo(target, true)) pending.push(targetStep);
      } else {
        return pending.length > 0 ? { kind: 'file-in-the-way' } : { kind, node, searchable, leavesImage };
      }
    }
    const { node } = stack[stack.length - 1] ?? rootPlace;
    return { kind: 'folder', node, searchable, leavesImage };
  }

  /** A folder that gets entries from this layer becomes part of it; without an entry of its own, any user may enter it. */
  private touch(node: number, info: number): void {
    if (layerOf(info) === this.layer) return;
    this.table.setInfo(node, (info & ~(0x7f << 4) & ~explicitBit) | usableBit | (this.layer << 4));
  }

  private child({ node: parent, floor }: Place, name: Buffer): number | undefined {
    const node = this.table.find(parent, name);
    if (node === undefined) return undefined;
    const info = this.table.info(node);
    return (info & kindBits) === 0 || layerOf(info) < floor ? undefined : node;
  }

  private link(place: Place, name: Buffer, bits: number, usable: boolean, extra: Buffer): number {
    return this.table.link(place.node, name, bits | (usable ? usableBit : 0) | (this.layer << 4), extra);
  }

  private replace(info: number): void {
    if (layerOf(info) === this.layer) twice();
    this.lastFolder = undefined;
  }
}

const twice = (): never => refuse('a layer has two entries of one name');

const kindOf = (info: number): NodeKind =>
  (info & kindBits) === kinds.folder ? 'folder' : (info & kindBits) === kinds.link ? 'link' : 'file';

const isDotDot = (name: Buffer): boolean => name.length === 2 && name[0] === 0x2e && name[1] === 0x2e;

/** The steps to a path as a stack, the first one on top; `ofLink` marks those from a link's target. */
const stepsTo = (path: Buffer, ofLink: boolean): { name: Buffer; ofLink: boolean }[] =>
  partsOf(path)
    .reverse()
    .map((name) => ({ name, ofLink }));

/** The parts of a path without empty ones and `.`. */
function partsOf(path: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < path.length;) {
    const found = path.indexOf(slash, start);
    const end = found === -1 ? path.length : found;
    const isDot = end - start === 1 && path[start] === 0x2e;
    if (end > start && !isDot) parts.push(path.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
