export { keysOf } from './key-ring.ts';
export { SealingCodec } from './sealing-codec.ts';
