import type { ReportLine } from '../report.ts';
import type { Home } from '../stack/home/home.ts';
import { ToolCache } from './cache.ts';
import type { Engine } from './engine.ts';
import { obtainTool } from './obtain-tool.ts';
import { openEngine } from './open-engine.ts';
import { temporal, versitygw } from './tool.ts';

/** Everything beyond Node that the embedded stack runs. */
export interface Tools {
  /** Paths of the programs. */
  temporal: string;
  versitygw: string;
  engine: Engine;
}

/** Finds or gets every tool; when all are there this takes well under a second. Throws what the single steps throw. */
export async function openTools(options: { home: Home; report: ReportLine }): Promise<Tools> {
  const cache = new ToolCache();
  return {
    engine: await openEngine(options.home, cache, options.report),
    // One after the other: two Go builds at once take no less time and twice the memory.
    temporal: await obtainTool(temporal, cache, options.report),
    versitygw: await obtainTool(versitygw, cache, options.report),
  };
}
