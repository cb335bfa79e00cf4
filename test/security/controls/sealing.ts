import { controlsOf } from '../control.ts';

const runner = ['test/runner/ends.test.ts'];
const scorer = ['test/activities/rounds.test.ts'];
const unseal = ['test/client/unseal/unseal.test.ts'];
const keys = ['test/sealing/seal-keys.test.ts'];

/** Who can read what submissions print and predict. */
export const sealingControls = [
  ...controlsOf('src/runner/stage/stored-log.ts', runner, [
    ['the seal of the log', 'const body = await sealBytes(seal, plain);', 'const body = plain;', 'log sealed'],
    ['no text of the log in the outcome', "tail: '', hints", 'tail, hints', 'log sealed'],
  ]),
  ...controlsOf('src/runner/stage/predictions.ts', runner, [
    [
      'the seal of the predictions',
      'seal === undefined ? copied : await sealStream(seal, copied)',
      'copied',
      'log sealed',
    ],
  ]),
  ...controlsOf(
    'src/activities/submit-batch-job.ts',
    ['test/batch/activities.test.ts'],
    [
      [
        'the recipient in a run’s spec',
        '...(frozen.seal !== undefined && { seal: frozen.seal }),',
        '',
        'writes the run’s spec first',
      ],
    ],
  ),
  ...controlsOf(
    'src/intake/freeze-campaign.ts',
    ['test/intake/registry-rows.test.ts'],
    [
      [
        'the recipient in the frozen campaign',
        'await dependencies.sealFor?.(campaign)',
        'await Promise.resolve<string | undefined>(undefined)',
      ],
    ],
  ),
  ...controlsOf(
    'src/intake/compare-with-started.ts',
    ['test/intake/registry-rows.test.ts'],
    [['one recipient for a whole campaign', '...(known.seal !== undefined && { seal: known.seal }),', '']],
  ),
  ...controlsOf('src/activities/score-output.ts', scorer, [
    [
      'no predictions quoted in scores',
      'seal === undefined ? scored : withoutQuotes(scored)',
      'scored',
      'score sealed predictions',
    ],
  ]),
  ...controlsOf('src/ledger/hashed-predictions.ts', scorer, [
    [
      'the digest of sealed predictions',
      'predictions.sha256 === found) return found;',
      'found) return found;',
      'sealed again',
    ],
  ]),
  ...controlsOf('src/sealing/seal-keys.ts', keys, [
    ['the recipient’s own identity', 'if ((await recipientOf(identity)) !== recipient) continue;', ''],
    ['no secret in an error', "throw new Error('its identity is invalid');", 'throw new Error(identity);'],
  ]),
  ...controlsOf('src/private-file.ts', keys, [
    ['an identity file that others can read', 'if ((mode & others) !== 0)', 'if (false)'],
    ['an identity file for its owner alone', 'mode: 0o600', 'mode: 0o644'],
  ]),
  ...controlsOf(
    'src/worker/check-seal-keys.ts',
    ['test/ledger/unsealings.test.ts'],
    [['a scorer that can open its campaigns', 'if (frozen !== undefined) await', 'if (false) await', 'at its start']],
  ),
  ...controlsOf(
    'src/local/stack/parts/environment.ts',
    ['test/local/stack/environments-and-rights.test.ts'],
    [['no identities for the worker', "...(account !== 'worker' && { HOLDOUT_SEAL", '...({ HOLDOUT_SEAL', 'own keys']],
  ),
  ...controlsOf('src/client/commands/unseal.ts', unseal, [
    ['a reason to unseal', "if (reason.trim() !== '') return", 'if (true) return', 'needs a reason'],
  ]),
  ...controlsOf('src/client/unseal/unseal.ts', unseal, [
    ['the record of an unsealing', 'await appendUnsealing(access.results, campaign, unsealing);', ''],
    [
      'the record before the bytes',
      'await appendUnsealing(access.results, campaign, unsealing);',
      'void appendUnsealing(access.results, campaign, unsealing).catch(() => undefined);',
      'cannot be recorded',
    ],
  ]),
  ...controlsOf('src/client/unseal/sealed-object.ts', unseal, [
    ['the digest of what is opened', 'if (digest !== undefined && (', 'if (false && (', 'sealed again'],
    [
      'the outcome that the ledger names',
      'if (named !== undefined && named !== sha256(body))',
      'if (false)',
      'not the one in the ledger',
    ],
  ]),
  ...controlsOf(
    'src/ledger/chain-rules.ts',
    ['test/ledger/unsealings.test.ts'],
    [['no unsealing without a reason', "&& typeof reason === 'string'", '', 'that are none']],
  ),
  ...controlsOf(
    'src/ledger/heads.ts',
    ['test/ledger/tampered-record.test.ts'],
    [['all unsealings before a publication', 'if (heads.unsealings)', 'if (false)', 'unsealing']],
  ),
];
