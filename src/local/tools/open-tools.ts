import type { ReportLine } from '../report-line.ts';
import type { Home } from '../stack/home/home.ts';
import { ToolCache } from './cache.ts';
import { obtainTool } from './obtain-tool.ts';
import { openEngine } from './open-engine.ts';
import { temporal, versitygw } from './pinned-tools.ts';

/**
 * Finds or gets the programs other than Node that the embedded stack runs: the engine and the servers' paths. Takes well under
 * a second if all are present. Throws the errors of the single steps.
 */
export async function openTools(options: { home: Home; report: ReportLine }) {
  const cache = new ToolCache();
  return {
    engine: await openEngine(options.home, cache, options.report),
    // In sequence: two Go builds at once are no faster and need twice the memory.
    temporal: await obtainTool(temporal, cache, options.report),
    versitygw: await obtainTool(versitygw, cache, options.report),
  };
}
