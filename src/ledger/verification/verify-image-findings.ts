import { responsibleParty } from '../../campaign/model/reasons.ts';
import { resultObjects } from '../../object-keys.ts';
import { inParallel } from '../../in-parallel.ts';
import { readsAtOnce } from '../ledger.ts';
import type { LedgerRecord } from '../record.ts';
import { empty, type CheckedObjects } from './checked-objects.ts';

interface Recorded {
  campaign: string;
  /** All of the results bucket. */
  keys: readonly string[];
  /** The ledger by submission, oldest record first. */
  chains: ReadonlyMap<string, readonly LedgerRecord[]>;
  /** Submissions with a round that is not recorded yet. */
  open: ReadonlySet<string>;
}

/**
 * What was found about images: the words of the host's scanner are compared with the digest in their key, and what probes say
 * about a base is empty. Those that a record names must be there, and no others if every record names its own.
 */
export async function verifyImageFindings(objects: CheckedObjects, bucket: string, recorded: Recorded): Promise<void> {
  const { campaign, keys, chains, open } = recorded;
  const { findings } = objects;
  const namedBy = new Map<string, string>();
  for (const { submission, sequence, evidence } of [...chains.values()].flat()) {
    const record = resultObjects.ledger(campaign, submission, sequence);
    for (const key of evidence?.findings ?? []) namedBy.set(key, record);
  }
  const emptyBases = await objects.emptyIn(bucket, resultObjects.basesFolder(campaign));
  const kinds = [
    { folder: resultObjects.basesFolder(campaign), form: /^[^/]+\/(?:saturating|measured)\/([^/]+)$/ },
    { folder: resultObjects.scansFolder(campaign), form: /^([^/]+)\/[0-9a-f]{64}-([0-9a-f]{64})\.txt$/ },
  ];
  const found = new Set([
    ...namedBy.keys(),
    ...keys.filter((key) => kinds.some(({ folder }) => key.startsWith(folder))),
  ]);
  await inParallel(readsAtOnce, [...found], async (key) => {
    const kind = kinds.find(({ folder }) => key.startsWith(folder));
    const [, submission = '', sha256] = kind?.form.exec(key.slice(kind.folder.length)) ?? [];
    const record = namedBy.get(key);
    if (record === undefined) {
      const records = chains.get(submission);
      if (open.has(submission)) findings.note('what was found about images of rounds that are not recorded yet');
      else if (records === undefined || records.every(namesAll)) return;
      else
        findings.note('whether what was found about images is complete, which records of an older Holdout do not say');
    }
    if (emptyBases.has(key)) return findings.explain(bucket, key);
    const digest = sha256 === undefined ? empty(record ?? 'its key') : { sha256, namedBy: record ?? 'its key' };
    await objects.read(bucket, key, { digest });
  });
}

/** Whether no finding about the image can have come after the record, or be missing in it. */
const namesAll = ({ evidence, reason }: LedgerRecord): boolean =>
  evidence?.findings !== undefined && (reason === null || responsibleParty(reason) === 'team');
