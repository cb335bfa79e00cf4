import { controlsOf } from '../control.ts';

const views = ['test/long/steering/pseudonyms.test.ts'];
const kept = ['test/client/pseudonyms/blind-campaign.test.ts'];
const log = ['test/worker/shown-log.test.ts'];
const rule = ['test/campaign/pseudonyms/assign-pseudonyms.test.ts'];
const texts = ['test/campaign/pseudonyms/names.test.ts'];

const ofViews = [
  ...controlsOf('src/client/commands/status.ts', views, [
    ['status', 'const progress = shown(now.progress, names);', 'const { progress } = now;', 'names no team in status'],
  ]),
  ...controlsOf('src/client/status/results.ts', views, [
    [
      'results',
      '  if (!names.isHidden) return results;',
      '  if (results !== undefined) return results;',
      'names no team in results',
    ],
    [
      'the leaderboard',
      'const rows = shown(rankLeaderboard(leaderboardEntries(now), rules.leaderboard), names);',
      'const rows = rankLeaderboard(leaderboardEntries(now), rules.leaderboard);',
      'names no team in leaderboard',
    ],
  ]),
  ...controlsOf('src/client/commands/verify.ts', views, [
    [
      'the summary of verify',
      'leaderboard: shown(whole.leaderboard, names)',
      'leaderboard: whole.leaderboard',
      'names no team in verify',
    ],
  ]),
  ...controlsOf('src/client/commands/show.ts', views, [
    [
      'show',
      'shown(await submissionOverview(access, campaign, submission, names), names)',
      'await submissionOverview(access, campaign, submission, names)',
      'shows zz-canary',
    ],
  ]),
  ...controlsOf('src/client/status/trouble/why-waiting.ts', views, [
    [
      'the command that resumes a team',
      'const { submission, team } = shown(id, names);',
      'const { submission, team } = id;',
      'says why a submission',
    ],
  ]),
  ...controlsOf('src/client/watch/stage-changes.ts', views, [
    [
      'watch',
      "names.submission(workflowId.split(':').at(-1) ?? '')",
      "(names.isHidden, workflowId.split(':').at(-1) ?? '')",
      'while it is watched',
    ],
  ]),
  ...controlsOf(
    'src/client/operator/select-submissions.ts',
    ['test/client/pseudonyms/selection.test.ts'],
    [
      [
        'questions',
        'rows.map(({ submission }) => names.submission(submission)),',
        'rows.map(({ submission }) => (names.isHidden, submission)),',
      ],
      ['submissions that are left out', 'names.submission(one.submission)]);', 'one.submission]);'],
      ['suggestions', 'const shownTeams = [...teams].map((one) => names.team(one));', 'const shownTeams = [...teams];'],
    ],
  ),
  ...controlsOf('src/client/pseudonyms/subject.ts', views, [
    [
      'what commands reply',
      'names.team(names.realTeam(given));',
      'names.realTeam(given);',
      'takes pseudonyms in commands',
    ],
    [
      'commands in the details of a campaign',
      'isHidden ? { shownAs: subject } : {}',
      "isHidden && subject === '' ? { shownAs: subject } : {}",
      'pseudonyms in commands|pages of the Web UI',
    ],
  ]),
  ...controlsOf('src/workflows/campaign/submission-workflows.ts', views, [
    [
      'the summary of a submission',
      'markdownText(shownAs?.submission ?? `${submission} of ${teamName}`)',
      'markdownText(shownAs === null ? submission : `${submission} of ${teamName}`)',
      'pages of the Web UI',
    ],
    ['HoldoutTeam', 'const shownTeam = shownAs?.team ?? teamId;', 'const shownTeam = teamId;', 'pages of the Web UI'],
  ]),
  ...controlsOf('src/workflows/submission/current-details.ts', views, [
    ['the details of a submission', '...shown(this.content, this.names)', '...this.content', 'pages of the Web UI'],
  ]),
  ...controlsOf('src/workflows/submission/submission.ts', views, [
    [
      'summaries of steps',
      '`image of ${(input.shownAs ?? input).submission}`',
      '`image of ${input.submission}`',
      'pages of the Web UI',
    ],
  ]),
];

/** What operators see of a campaign before its results are published. */
export const pseudonymControls = [
  ...ofViews,
  ...controlsOf('src/client/pseudonyms/names-of-campaign.ts', kept, [
    [
      'hidden until published',
      'const isHidden = recordKey === undefined || !(await isPublished(access, campaign));',
      'const isHidden = recordKey === undefined;',
    ],
    ['pilots stay hidden', 'const isHidden = recordKey === undefined || ', 'const isHidden = '],
    ['errors', 'const message = names.text(error.message);', 'const { message } = error;'],
  ]),
  ...controlsOf('src/private-file.ts', kept, [['a secret for its owner alone', 'mode: 0o600', 'mode: 0o644']]),
  ...controlsOf('src/worker/shown-log.ts', log, [
    ['ids of workflows in logs', 'workflowId: submissionWorkflowId(campaign, pseudonym)', 'workflowId'],
    ['submissions in logs', ', submission: pseudonym }', ' }'],
    ['task tokens in logs', 'taskToken: _token, ', ''],
    ['lines about no campaign in logs', 'this.namesOf(campaign)?.text(shown) ?? shown', 'shown'],
    ['errors in logs', 'message: shown(message), stack', 'message, stack'],
  ]),
  ...controlsOf('src/intake/compare-with-started.ts', kept, [
    ['names of a started campaign stay hidden', 'known.teamNames === undefined && {', '{'],
    ['rows that are added later', 'codes === undefined ? rows', 'codes !== null ? rows'],
  ]),
  ...controlsOf('src/intake/pseudonym-codes.ts', rule, [
    ['a code needs the secret', "createHmac('sha256', secret)", "createHmac('sha256', 'holdout')"],
  ]),
  ...controlsOf('src/campaign/pseudonyms/assign-pseudonyms.ts', rule, [
    ['one pseudonym for one team', 'if (!taken.has(name)) return name;', 'return name;'],
    ['teams keep theirs', 'teams.get(row.team) ?? freeName', 'freeName'],
  ]),
  ...controlsOf('src/campaign/pseudonyms/shown.ts', texts, [
    ['lists of teams', "  pausedTeams: 'team',\n", ''],
    ['full names', "if (key === 'teamName') return", "if (key === '') return"],
    ['texts of a view', 'kind === undefined ? names.text(value)', 'kind === undefined ? value'],
  ]),
  ...controlsOf('src/campaign/pseudonyms/names.ts', texts, [
    ['names that were added since', '`${unknownTeam}/?`)', 'submission)'],
  ]),
  ...controlsOf('src/campaign/pseudonyms/texts.ts', texts, [
    ['parts of words', 'return this.inParts(word.split(/([._-]+)/));', 'return word;'],
    ['ids in lower case', 'this.ids.get(word.toLowerCase())', 'this.ids.get(word)'],
    ['short ids after a sign', 'isFound(word) || this.isExpected(before)', 'isFound(word)'],
    ['full names in texts', 'this.anyPhrase ? text.replaceAll', 'this.anyPhrase && text === "" ? text.replaceAll'],
  ]),
];
