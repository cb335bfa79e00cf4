import type { Engine } from '../tools/engine.ts';
import type { Ports } from './parts/ports.ts';

/** What a start leaves for the next one. */
export interface StackFile {
  ports: Ports;
  engine: Engine;
}
