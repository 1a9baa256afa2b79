/** What needs a person, worst first; each line says since when, what to do, and where to read more. */

import type { AttentionItem } from '../../answers/attention.ts';
import type { Now } from '../../answers/now.ts';
import { runbookPath } from '../../inventory/addresses.ts';
import { Ago, Box, Elapsed, Sign } from '../parts.tsx';
import { addressOf, useView } from '../view.ts';

export function Attention({ now: { attention, attention_total, trust } }: { now: Now }) {
  const { words } = useView();
  const w = words.now;
  if (attention.length === 0)
    return (
      <section aria-label={w.attention}>
        <p class="calm">
          {trust.state === 'fresh' ? <Sign sign="✓ " colour="good" /> : null}
          {trust.state === 'fresh' ? w.nothing : w.nothingKnown}{' '}
          {trust.proven_at ? (
            <>
              {w.lastComplete} <Ago at={trust.proven_at} />
              {words.stop}
            </>
          ) : null}
        </p>
      </section>
    );
  return (
    <Box id="attention" title={w.attention} aside={w.attentionNote}>
      <ul class="attention">
        {attention.map((item) => (
          <Item item={item} />
        ))}
      </ul>
      {attention_total > attention.length ? (
        <p class="calm note">{w.more(attention_total - attention.length)}</p>
      ) : null}
    </Box>
  );
}

const MARKS: Readonly<Record<AttentionItem['alert'], { sign: string; colour: string }>> = {
  CphInventoryStale: { sign: '●', colour: 'bad' },
  CphCredentialRejected: { sign: '●', colour: 'bad' },
  CphSyncFailing: { sign: '●', colour: 'bad' },
  CphDeliveryFailing: { sign: '●', colour: 'bad' },
  CphRemovalsHeld: { sign: '‖', colour: 'warn' },
  CphImageFailed: { sign: '✗', colour: 'bad' },
  CphImageStuckCreating: { sign: '◐', colour: 'warn' },
  CphRecordsUnreadable: { sign: '?', colour: 'warn' },
};

function Item({ item }: { item: AttentionItem }) {
  const view = useView();
  const { words } = view;
  const { what, why } = words.trouble(item);
  return (
    <li id={`need-${item.alert}-${item.path}`}>
      <Sign {...MARKS[item.alert]} />
      <span>
        <a href={addressOf(view, item.path)} data-row>
          {what}
        </a>
      </span>
      <Elapsed since={item.since} />
      {why ? <span class="do">{why}</span> : null}
      <span class="do">
        {words.now.advice[item.alert]} <code>{item.do}</code> ·{' '}
        <a href={addressOf(view, runbookPath(item.alert))}>{words.now.runbook}</a>
      </span>
    </li>
  );
}
