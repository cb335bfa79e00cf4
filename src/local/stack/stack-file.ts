import type { Engine } from '../tools/engine.ts';
import type { Ports } from './parts/ports.ts';

/** State that a start stores for the next one. */
export interface StackFile {
  ports: Ports;
  engine: Engine;
}
