// `npm run docs`: writes the pages that are generated from the source.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, projectRoot } from './dependencies.mjs';

ensureDependencies();
const { tsImport } = await import('tsx/esm/api');
/** @type {typeof import('./errors-page.ts')} */
const { errorsPage } = await tsImport('./errors-page.ts', import.meta.url);
const page = join(projectRoot, 'docs', 'errors.md');
writeFileSync(page, await errorsPage(page));
