import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { browserRefusedPorts } from '../../../src/local/stack/parts/browser-refused-ports.ts';
import { SimulatedHome, endless } from '../../support/campaigns/simulated-home.ts';

const program = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const skipped = program === undefined ? ' (skipped: no Chromium here)' : '';

/** Set to a folder, pictures for the documentation are written there. */
const pictures = process.env['HOLDOUT_TEST_PICTURES'];

(program === undefined ? describe.skip : describe)(`the Web UI of a stack with sealed payloads${skipped}`, function () {
  this.timeout(240_000);
  const home = new SimulatedHome({ teams: [2, 1], slots: { g4: 2, p3: 1 }, budgetUsd: 500, unprobed: true });
  let browser: Browser;
  let page: Page;

  before(async () => {
    await home.open({ 's0-0': endless, 's1-0': endless });
    await home.begin();
    await home.until('two run', ({ counts }) => counts.running === 2);
    browser = await chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1400, height: 1050 } });
    page.setDefaultTimeout(60_000);
    await page.goto(addressOf('campaign%3Asteered'));
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    process.stderr.write(`${page.url()}\n${await page.locator('body').innerText()}\n`);
  });
  after(async () => {
    await browser?.close();
    await home.remove();
  });

  const addressOf = (workflow: string): string => {
    assert.ok(home.stack);
    const { endpoints, environment } = home.stack;
    const url = new URL(endpoints.uiLink);
    url.pathname = `/namespaces/${environment['TEMPORAL_NAMESPACE']}/workflows/${workflow}`;
    return url.href;
  };
  const keep = async (name: string): Promise<void> => {
    if (pictures !== undefined) await page.screenshot({ path: `${pictures}/${name}.png` });
  };

  it('shows inputs and summaries in plain text, and no token in the address', async () => {
    await page.getByText('"campaign"').first().waitFor();
    await page.getByText('s0-0 of Team 0').first().waitFor();
    assert.ok(!page.url().includes('token'), page.url());
  });

  it('shows the current details', async () => {
    await page.getByText('User Metadata').first().click();
    await page.getByText('Current Details').first().waitFor();
    await page.getByText('running').first().waitFor();
    await keep('web-ui-sealed');
  });

  it('is the only one: no page gets at the ports of Temporal’s server itself', async () => {
    const words = readFileSync(`/proc/${home.pidOf('temporal')}/cmdline`, 'utf8').split('\0');
    const flags = words.flatMap((word) => /^--(?:ui|http|metrics)-port=(\d+)$/.exec(word)?.[1] ?? []);
    assert.equal(flags.length, 3, words.join(' '));
    for (const url of flags.flatMap((port) => [`http://127.0.0.1:${port}/`, `http://localhost:${port}/metrics`])) {
      // A page of its own: Chromium's own page about the error is still on its way when the call fails.
      const refused = await browser.newPage();
      await assert.rejects(refused.goto(url), /ERR_UNSAFE_PORT/);
      await refused.close();
    }
    assert.ok(home.stack);
    const stranger = await browser.newPage();
    const opened = await stranger.goto(home.stack.endpoints.ui);
    assert.equal(opened?.status(), 401, 'Chromium opens other ports');
    // A page of another origin, which only sends and does not read: the request does not leave the browser.
    for (const port of flags) {
      const sent = stranger.evaluate(
        (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: '{}' }).then(() => 'sent', String),
        `http://127.0.0.1:${port}/api/v1/namespaces/default/workflows/x/terminate`,
      );
      assert.match(await sent, /Failed to fetch/);
    }
    await stranger.close();
  });

  it('refuses every port that those of Temporal are chosen from', async () => {
    const stranger = await browser.newPage();
    for (const port of browserRefusedPorts) {
      await assert.rejects(stranger.goto(`http://127.0.0.1:${port}/`), /ERR_UNSAFE_PORT/, String(port));
    }
    await stranger.close();
  });

  it('sends a signal, which the campaign accepts and records', async () => {
    await page.locator('button:visible', { hasText: 'More Actions' }).click();
    await page
      .locator(':visible', { hasText: /^\s*Send a Signal\s*$/ })
      .first()
      .click();
    await page.locator('input[data-testid=signal-select]:visible').click({ force: true });
    await page.locator('[role=option]:visible', { hasText: 'pauseTeam' }).first().click();
    await page
      .locator('.cm-content[contenteditable=true]:visible')
      .last()
      .fill('{ "team": "t1", "reason": "by hand" }');
    // The editor formats its text when it loses the focus, and the button below moves.
    await page.locator('.cm-content[contenteditable=true]:visible').last().blur();
    await keep('web-ui-signal');
    await page.locator('button:visible', { hasText: 'Submit' }).click();
    await home.until('the team is paused', ({ pausedTeams }) => pausedTeams.includes('t1'));
    const log = await home.command(0, 'status');
    assert.match(log, /pauseTeam team=t1/);
  });
});
