/** A browser, Debian's Chromium unless `CHROMIUM` names another, and what went wrong in it. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts, of the policy of content, of requests; and requests to other hosts. */
  readonly complaints: string[];
}

type Open = (url: string, options?: BrowserContextOptions) => Promise<OpenedPage>;

/** One browser for the tests of the file; each page has a context of its own, closed with its test. */
export function useBrowser(): Open {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const executablePath =
      process.env.CHROMIUM ?? execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], timeout: 120_000 });
  });
  afterAll(() => browser?.close());
  return async (url, options = {}) => {
    if (!browser) throw new Error('the browser is there once the tests run');
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(60_000);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (new URL(request.url()).host !== new URL(url).host)
        complaints.push(`off the host: ${request.url()}`);
    });
    await page.goto(url);
    return { page, complaints };
  };
}

/** What keeps people out, seriously or entirely, as axe finds it: the rule, and where. */
export async function barriersOf(page: Page): Promise<string[]> {
  // The policy of content lets no script in but through the debugger.
  const axe = await import('node:fs/promises').then(({ readFile }) => readFile(AXE, 'utf8'));
  await page.evaluate(axe);
  const found = (await page.evaluate('axe.run()')) as AxeResults;
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .slice(0, 3)
          .join(' ')}`,
    );
}
