/** Pages for what cannot be shown: what is so, and what to do. */
import type { FC } from 'hono/jsx';
import { Frame } from './frame.tsx';
import { addressOf, changedAddress, useView } from './view.ts';

export type Fault =
  | 'notFound'
  | 'away'
  | 'broken'
  /** A parameter that cannot be taken. */
  | { readonly parameter: string; readonly message: string };

export function drawFault(fault: Fault): FC {
  return () => {
    const view = useView();
    const words = view.words.fault;
    const wrong = typeof fault === 'string' ? null : fault;
    const kind = typeof fault === 'string' ? fault : 'notTaken';
    return (
      <Frame title={words[kind]} seq={null}>
        <h1>{words[kind]}</h1>
        <p>{wrong ? words.notTakenWhy(wrong.message) : words[`${kind as 'away'}Why`]}</p>
        <p>
          {wrong ? (
            <>
              <a href={changedAddress(view, { [wrong.parameter]: null })}>{words.back}</a> ·{' '}
            </>
          ) : null}
          <a href={addressOf(view, '/')}>{words.home}</a>
        </p>
      </Frame>
    );
  };
}
