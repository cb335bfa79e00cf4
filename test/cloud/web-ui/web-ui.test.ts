import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { chromium, type Browser } from 'playwright-core';
import { campaignDetails } from '../../../src/campaign/explanation/campaign-details.ts';
import { canaryDetails } from '../../../src/campaign/explanation/canary-text.ts';
import { submissionDetails } from '../../../src/campaign/explanation/submission-details.ts';
import { markdownCode, markdownText } from '../../../src/escaping/markdown.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { hostileProgress } from './hostile-progress.ts';
import type { shown, stepping } from './workflows.ts';

const browserPath = '/usr/bin/chromium';
const skipped = existsSync(browserPath) ? '' : ' (skipped: Debian’s chromium is not installed)';

/** What shows nothing, or changes how other characters show. */
const invisible = /[\u202a-\u202e\u2066-\u2069\u200b\u2028]/;

/** Where every hostile name leads to. */
const stranger = 'evil.invalid';
const names: readonly string[] = [
  `![x](http://${stranger}/a.png)`,
  `[click](http://${stranger}/)`,
  `http://${stranger}/plain`,
  `www.${stranger}`,
  `<img src=http://${stranger}/b.png onerror=alert(1)>`,
  `<a href="http://${stranger}">x</a><script>alert(1)</script>`,
  `mail@${stranger}`,
  `mailto:mail@${stranger}`,
  `[ref]: http://${stranger}`,
  `<http://${stranger}>`,
  `javascript:alert(1)//${stranger}`,
  '# heading | cell | `code` **bold** $x$ \u202egnp.exe \u200b\u2028 ~~gone~~',
];

describe(`names of strangers in Temporal’s Web UI, in Chromium${skipped}`, function () {
  this.timeout(180_000);
  let server: ChildProcess;
  let worker: Worker;
  let running: Promise<void>;
  let native: NativeConnection;
  let client: Client;
  let browser: Browser;
  let ui = '';

  before(async function () {
    if (skipped !== '') this.skip();
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const [port, uiPort] = [await freePort(), await freePort()];
    const program = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdout/tools/temporal-1.5.1');
    const ports = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
    server = spawn(program, ['server', 'start-dev', ...ports, '--log-level', 'error'], { stdio: 'ignore' });
    const address = `127.0.0.1:${port}`;
    ui = `http://127.0.0.1:${uiPort}`;
    await eventually('Temporal and its Web UI respond', async () => {
      native ??= await NativeConnection.connect({ address });
      return (await fetch(ui)).ok;
    });
    client = new Client({ connection: await Connection.connect({ address }) });
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
    worker = await Worker.create({ connection: native, taskQueue: 'ui', workflowBundle });
    running = worker.run();
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  });

  after(async () => {
    await browser?.close();
    worker?.shutdown();
    await running;
    await native?.close();
    await client?.connection.close();
    server?.kill('SIGTERM');
    if (server && server.exitCode === null) await once(server, 'exit');
  });

  /** What a workflow's page makes of its summary and details. */
  async function pageOf(workflowId: string, staticSummary: string, details: string) {
    const handle = await client.workflow.start<typeof shown>('shown', {
      workflowId,
      taskQueue: 'ui',
      args: [unitsOf(details)],
      staticSummary,
    });
    const seen = await seenOn(`${workflowId}/${handle.firstExecutionRunId}/user-metadata`, [/SUMMARY/, /DETAILS/]);
    await handle.terminate();
    return seen;
  }

  /** What the history of a workflow makes of the summaries of its steps. */
  async function stepsOf(workflowId: string, summaries: readonly string[]) {
    const args: Parameters<typeof stepping> = [summaries.map(unitsOf)];
    const handle = await client.workflow.start<typeof stepping>('stepping', { workflowId, taskQueue: 'ui', args });
    const seen = await seenOn(`${workflowId}/${handle.firstExecutionRunId}/history`, [
      new RegExp(`(STEP[^]*){${summaries.length}}`),
    ]);
    await handle.terminate();
    return seen;
  }

  const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, unit) => text.charCodeAt(unit));

  /** The strange links and requests of a page once it shows these texts. */
  async function seenOn(path: string, shows: readonly RegExp[]) {
    const page = await browser.newPage();
    const seen: string[] = [];
    page.on('request', (request) => seen.push(request.url()));
    page.on('dialog', (dialog) => {
      seen.push(`dialog of ${stranger}`);
      void dialog.dismiss();
    });
    await page.goto(`${ui}/namespaces/default/workflows/${path}`);
    const texts = async (): Promise<string> => {
      const frames = await Promise.all(
        page.frames().map((frame) =>
          frame
            .locator('body')
            .innerText()
            .catch(() => ''),
        ),
      );
      return frames.join('\n');
    };
    const isShown = async (): Promise<boolean> => {
      const text = await texts();
      return shows.every((one) => one.test(text));
    };
    await eventually(`${path} shows ${shows.join(' and ')}`, isShown, { withinMs: 60_000 });
    const active: string[] = [];
    for (const frame of page.frames()) {
      for (const element of await frame.locator('a, img, script, form').all()) {
        const [href, src] = [await element.getAttribute('href'), await element.getAttribute('src')];
        active.push(href ?? src ?? '');
      }
    }
    const text = await texts();
    await page.close();
    // The Web UI's own page that renders Markdown has the text in its address.
    const strange = (urls: readonly string[]): string[] =>
      urls.filter((url) => url.includes(stranger) && !new URL(url, ui).href.startsWith(`${ui}/`));
    return { links: strange(active), requests: strange(seen), text };
  }

  it('would be links and images if they were not escaped, which this test sees', async () => {
    const { links } = await pageOf('control', 'SUMMARY', `DETAILS [click](http://${stranger}/)`);
    assert.ok(links.length > 0, 'an unescaped link is one');
  });

  it('are neither links nor images, and run nothing, in a summary and in current details', async () => {
    for (const [number, name] of names.entries()) {
      const details = submissionDetails({
        submission: name,
        team: name,
        stage: 'running',
        note: `DETAILS ${name}`,
        since: 0,
        reason: null,
        faults: undefined,
        withheld: [name],
        scan: name,
        runs: [],
        learnt: name,
        choice: [name, markdownCode(name)],
        refused: 0,
      });
      const { links, requests, text } = await pageOf(
        `name-${number}`,
        markdownText(`SUMMARY ${name}`).slice(0, 100),
        details,
      );
      assert.deepEqual([links, requests], [[], []], name);
      assert.doesNotMatch(text, invisible, name);
    }
  });

  it('are neither links nor images, and run nothing, in the details of a campaign and of a canary', async () => {
    const detailsOf = (name: string): string[] => {
      const canary = { class: name, n: 1, jobId: name, billedSeconds: 0, costMicroUsd: 0 };
      const verdict = { kind: 'broken', words: name } as const;
      return [
        campaignDetails(hostileProgress(`DETAILS ${name}`)),
        canaryDetails({ campaign: 'c', class: name, n: 1 }, { ...canary, verdict }),
      ];
    };
    // Few pages, because each takes seconds; few names each, because the Web UI cuts long details.
    for (let first = 0; first < names.length; first += 3) {
      const shown = names.slice(first, first + 3);
      const { links, requests, text } = await pageOf(
        `campaign-${first}`,
        'SUMMARY',
        shown.flatMap(detailsOf).join('\n\n'),
      );
      assert.deepEqual([links, requests], [[], []], shown.join());
      assert.doesNotMatch(text, invisible, shown.join());
      assert.equal(text.match(/has ended|is blocked/g)?.length, shown.length, 'the page shows every campaign');
    }
  });

  it('are neither links nor images, and run nothing, in the summary of a step', async () => {
    // This Web UI shows such a summary as plain text, so even an unescaped one is no link; but it shows every character.
    const { text: unescaped } = await stepsOf('control-steps', ['STEP \u202egnp.exe']);
    assert.match(unescaped, invisible);
    // As workflows/activity-proxies.ts writes them.
    const { links, requests, text } = await stepsOf(
      'steps',
      names.map((name) => markdownText(`STEP image of ${name}`)),
    );
    assert.deepEqual([links, requests], [[], []]);
    assert.doesNotMatch(text, invisible);
    assert.ok((text.match(/STEP/g) ?? []).length >= names.length, 'the page shows every step');
  });
});
