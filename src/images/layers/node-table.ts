import { randomInt } from 'node:crypto';
import { refuse } from '../refusal.ts';
import { maxNodes, maxStoredBytes } from './layer-limits.ts';

const chunkBytes = 2 ** 20;
/** The top node, which has no name. */
export const root = 0;

/**
 * A compact table of the nodes of a tree, by parent and name. Names are bytes, as in Linux. A node is a number; the caller
 * defines `info`. Nodes are never removed: an unlinked one stays in memory. Throws a Refusal when it is full.
 */
export class NodeTable {
  private readonly seed = randomInt(2 ** 32);
  private parents = new Uint32Array(1024);
  private hashes = new Uint32Array(1024);
  private offsets = new Uint32Array(1024);
  private infos = new Uint32Array(1024);
  private slots = new Uint32Array(4096);
  private readonly chunks: Buffer[] = [];
  private used = chunkBytes;
  private nodes = 1;

  info(node: number): number {
    return this.infos[node] ?? 0;
  }

  setInfo(node: number, info: number): void {
    this.infos[node] = info;
  }

  parentOf(node: number): number {
    return this.parents[node] ?? root;
  }

  nameOf(node: number): Buffer {
    const { chunk, at } = this.place(node);
    return chunk.subarray(at + 1, at + 1 + (chunk[at] ?? 0));
  }

  /** The bytes that were stored with a node. */
  extraOf(node: number): Buffer {
    const { chunk, at } = this.place(node);
    const start = at + 1 + (chunk[at] ?? 0);
    return chunk.subarray(start + 2, start + 2 + chunk.readUInt16LE(start));
  }

  /** The node linked last under this name; undefined when there never was one. */
  find(parent: number, name: Buffer): number | undefined {
    const node = this.slots[this.slotOf(parent, name, this.hash(parent, name))];
    return node === 0 ? undefined : node;
  }

  /** Creates a node and links it, replacing any of this name. `name` has at most 255 bytes, `extra` at most 65,535. */
  link(parent: number, name: Buffer, info: number, extra: Buffer): number {
    if (this.nodes >= maxNodes) refuse(`the image has more than ${maxNodes} files and folders`);
    if (this.nodes * 2 > this.slots.length) this.growSlots();
    if (this.nodes === this.infos.length) this.growNodes();
    const hash = this.hash(parent, name);
    const slot = this.slotOf(parent, name, hash);
    const node = this.nodes++;
    this.parents[node] = parent;
    this.hashes[node] = hash;
    this.infos[node] = info;
    this.offsets[node] = this.store(name, extra);
    this.slots[slot] = node;
    return node;
  }

  private place(node: number): { chunk: Buffer; at: number } {
    const offset = this.offsets[node] ?? 0;
    return { chunk: this.chunks[Math.floor(offset / chunkBytes)] ?? Buffer.alloc(3), at: offset % chunkBytes };
  }

  private store(name: Buffer, extra: Buffer): number {
    const bytes = name.length + extra.length + 3;
    if (this.used + bytes > chunkBytes) {
      if (this.chunks.length * chunkBytes >= maxStoredBytes) {
        refuse(`the names and links of the image take more than ${maxStoredBytes} bytes`);
      }
      this.chunks.push(Buffer.allocUnsafeSlow(chunkBytes));
      this.used = 0;
    }
    const chunk = this.chunks[this.chunks.length - 1] ?? Buffer.alloc(0);
    const at = this.used;
    chunk[at] = name.length;
    name.copy(chunk, at + 1);
    chunk.writeUInt16LE(extra.length, at + 1 + name.length);
    extra.copy(chunk, at + 3 + name.length);
    this.used += bytes;
    return (this.chunks.length - 1) * chunkBytes + at;
  }

  private hash(parent: number, name: Buffer): number {
    let hash = Math.imul(this.seed ^ parent, 0x9e3779b1);
    for (const byte of name) hash = Math.imul((hash ^ (hash >>> 15)) + byte, 0x85ebca6b);
    return (hash ^ (hash >>> 13)) >>> 0;
  }

  /** The slot of a name, or the free slot for it. */
  private slotOf(parent: number, name: Buffer, hash: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const node = this.slots[slot] ?? 0;
      if (node === 0) return slot;
      if (this.hashes[node] === hash && this.parents[node] === parent && this.nameOf(node).equals(name)) return slot;
    }
  }

  private growSlots(): void {
    const old = this.slots;
    this.slots = new Uint32Array(old.length * 2);
    const mask = this.slots.length - 1;
    for (const node of old) {
      if (node === 0) continue;
      let slot = (this.hashes[node] ?? 0) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = node;
    }
  }

  private growNodes(): void {
    const grown = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(old.length * 2);
      larger.set(old);
      return larger;
    };
    this.parents = grown(this.parents);
    this.hashes = grown(this.hashes);
    this.offsets = grown(this.offsets);
    this.infos = grown(this.infos);
  }
}
