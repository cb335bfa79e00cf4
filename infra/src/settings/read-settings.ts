import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { faultsOf } from './faults.ts';
import type { InfraSettings } from './infra-settings.ts';
import { shapeFaults } from './shape-faults.ts';

export type ReadSettings = { kind: 'settings'; settings: InfraSettings } | { kind: 'faulty'; text: string };

const infraFolder = fileURLToPath(new URL('../..', import.meta.url));

/** The file that HOLDOUT_INFRA_SETTINGS names, else `settings.ts`; a relative path begins at `infra/`. */
const file = process.env['HOLDOUT_INFRA_SETTINGS'] ?? './settings.ts';

/** That file, as every line about it begins. */
export const settingsFile = `holdout: ${isAbsolute(file) ? file : `infra/${file.replace(/^\.\//, '')}`}`;

/** The settings of that file, or what is wrong with them. */
export async function readSettings(): Promise<ReadSettings> {
  try {
    const { settings } = (await import(pathToFileURL(resolve(infraFolder, file)).href)) as { settings?: unknown };
    const wrong = shapeFaults(settings);
    const faults = wrong.length > 0 ? wrong : faultsOf(settings as InfraSettings);
    if (faults.length === 0) return { kind: 'settings', settings: settings as InfraSettings };
    return { kind: 'faulty', text: `${settingsFile}:\n${faults.map((fault) => `  ${fault}\n`).join('')}${end}` };
  } catch (error) {
    return { kind: 'faulty', text: `${settingsFile} cannot be read: ${causeOf(error)}\n${end}` };
  }
}

/** One line; of a syntax error its place and what was found there. */
function causeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, place, what] = /:(\d+:\d+): ERROR: (.*)$/m.exec(text) ?? [];
  return what === undefined ? (text.split('\n')[0] ?? '') : `${place}: ${what}`;
}

const end = '→ Correct the file and run the same command again; nothing was written or deployed.\n';
