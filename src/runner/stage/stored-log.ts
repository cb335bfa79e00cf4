import { logHints } from '../../campaign/evaluation/log-hints.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import { sealBytes } from '../../sealing/age.ts';
import { sha256 } from '../../sha256.ts';
import type { HeadAndTail } from '../measure/head-and-tail.ts';

/** The log as it goes to S3, and what the outcome says about it. */
interface StoredLog {
  body: Buffer;
  entry: RunOutcome['log'];
}

/**
 * `seal`: the age recipient for whom the log is sealed; the outcome then has no text of it, only what verdicts need. Absent:
 * the log is plain.
 */
export async function storedLog(log: HeadAndTail, seal: string | undefined): Promise<StoredLog> {
  const { bytes, keptBytes } = log;
  const [plain, tail] = [log.content(), log.tailText()];
  if (seal === undefined) return { body: plain, entry: { bytes, keptBytes, sha256: sha256(plain), tail } };
  const body = await sealBytes(seal, plain);
  return { body, entry: { bytes, keptBytes, sha256: sha256(body), tail: '', hints: logHints(tail) } };
}
