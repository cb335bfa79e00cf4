import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { projectRoot } from '../../../src/local/project-root.ts';
import { RecordCopy } from './record-copy.ts';

/**
 * Objects of real records: `older` is a campaign that the version of 29 November 2026 without evidence and heads.json ran and
 * published. `upgraded` is what a later version on the same home added, without its publication: one ended retry and one under
 * way.
 */
export function olderRecords(...names: ('older' | 'upgraded')[]): RecordCopy {
  const objects = names.flatMap((name) => {
    const file = join(projectRoot(), 'test/fixtures/records', `${name}.json.gz`);
    return Object.entries(JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Record<string, string>);
  });
  return new RecordCopy(new Map(objects.map(([name, body]) => [name, Buffer.from(body)])));
}
