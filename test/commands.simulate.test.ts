import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { type SimulateOptions, simulate } from '../src/commands/simulate.ts';
import { openOutput } from '../src/terminal/output.ts';
import { outcomeOf } from './support/command-context.ts';

const SURROUNDINGS = { env: {}, now: new Date('2026-01-01T00:00:00Z') };
const OPTIONS: SimulateOptions = { port: 0, images: 3, seed: 1, pace: 0 };

/** What the command prints, and what `ask` makes of it before the command is stopped. */
async function simulated(options: Partial<SimulateOptions>, ask: (printed: string) => Promise<void>) {
  const stop = new AbortController();
  const lines: string[] = [];
  const out = openOutput({ write: (text) => lines.push(text) }, {});
  const running = outcomeOf(
    (context) => simulate({ ...OPTIONS, ...options }, { ...context, out, stop: stop.signal }),
    SURROUNDINGS,
  );
  try {
    await vi.waitFor(() => expect(lines).not.toEqual([]));
    await ask(lines.join(''));
  } finally {
    stop.abort();
  }
  return running;
}

function setting(printed: string, name: string): string {
  return new RegExp(`${name}=(\\S+)`).exec(printed)?.[1] ?? '';
}

describe('simulate', () => {
  it('says what to do about a port that is taken', async () => {
    const outcomes = await new Promise<unknown>((resolve) => {
      const taken = createServer().listen(0, '127.0.0.1', async () => {
        const { port } = taken.address() as AddressInfo;
        resolve(await outcomeOf((context) => simulate({ ...OPTIONS, port }, context), SURROUNDINGS));
        taken.close();
      });
    });
    expect(outcomes).toMatchObject({ code: 1, text: expect.stringContaining('Give another with --port') });
  });

  it('serves the edition it is told, to whoever uses what it prints', async () => {
    const { code } = await simulated({ edition: 'total=absent,limit=clamped:2' }, async (printed) => {
      const project = `v1/${setting(printed, 'HW_PROJECT_ID')}`;
      const answer = await fetch(`${setting(printed, 'CPH_ENDPOINT')}/${project}/cloud-phone/images`, {
        headers: { 'X-Auth-Token': setting(printed, 'HW_AUTH_TOKEN') },
      });
      const { image_infos, ...others } = (await answer.json()) as Record<string, unknown>;
      expect(image_infos).toHaveLength(2);
      expect(others).toEqual({ request_id: expect.any(String) });
    });
    expect(code).toBe(0);
  });

  it.each([
    [150, '*/10 * * * * *'],
    [12, ''],
    [0, ''],
  ])('at a pace of %d prints the schedule %j', async (pace, schedule) => {
    await simulated({ pace }, async (printed) => {
      expect(/CPH_SYNC_CRON='(.+?)'/.exec(printed)?.[1] ?? '').toBe(schedule);
    });
  });

  it('prints every kind of credentials it takes', async () => {
    await simulated({}, async (printed) => {
      const names = [
        'HW_ACCESS_KEY',
        'HW_SECRET_KEY',
        'HW_SECURITY_TOKEN',
        'HW_USER_NAME',
        'HW_USER_PASSWORD',
      ];
      for (const name of [...names, 'HW_DOMAIN_NAME', 'HW_AUTH_URL']) {
        expect(setting(printed, name), name).not.toBe('');
      }
    });
  });

  it.each([
    [{ edition: 'total=none' }, '--edition total=none: total: takes grand, '],
    [{ faults: '/nowhere/faults.json' }, '--faults /nowhere/faults.json: ENOENT'],
  ])('refuses %j', async (options, message) => {
    const { code, text } = await outcomeOf(
      (context) => simulate({ ...OPTIONS, ...options }, context),
      SURROUNDINGS,
    );
    expect(code).toBe(2);
    expect(text).toContain(message);
  });
});
