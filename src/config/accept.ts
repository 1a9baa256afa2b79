import { field } from './fields.ts';
import type { Findings, Setting } from './settings.ts';

/** What an answer has to say besides its status, see `delivery/acceptance.ts`. */
export interface AcceptConfig {
  readonly path: readonly string[];
  readonly equals: string;
}

const MEMBER = /\.?([A-Za-z_][\w-]*)|\[(\d{1,6})\]|\["([^"\]]+)"\]/y;

/** The part of JSONPath that names one value: `errcode`, `$.data.code`, `$.results[0]["the code"]`. */
export function jsonPath() {
  const expected = 'the place of one value in a JSON answer, such as errcode, $.data.code or results[0].code';
  return field(expected, (text) => {
    const path = membersOf(text.replace(/^\$/, ''));
    return path.length > 0 ? path : undefined;
  });
}

/** Empty where anything of the text is no step. */
function membersOf(text: string): string[] {
  const path: string[] = [];
  MEMBER.lastIndex = 0;
  while (MEMBER.lastIndex < text.length) {
    const [, member, place, quoted] = MEMBER.exec(text) ?? [];
    const step = member ?? place ?? quoted;
    if (step === undefined) return [];
    path.push(step);
  }
  return path;
}

/** The text of a value. A file may write it as a number or as `true`. */
export function plainValue() {
  const expected = 'the value an acceptance has there, such as 0 or ok';
  const type = ['string', 'number', 'boolean'];
  return field(expected, (text) => (text === '' ? undefined : text), { type });
}

/** Null where neither half is set; a fault where one is. */
export function assembleAccept(
  { path, equals }: { readonly path: readonly string[] | undefined; readonly equals: string | undefined },
  settings: { readonly acceptPath: Setting; readonly acceptEquals: Setting },
  findings: Findings,
): AcceptConfig | null {
  if (path !== undefined && equals !== undefined) return { path, equals };
  if (path === undefined && equals === undefined) return null;
  const [missing, expected] =
    path === undefined
      ? [settings.acceptPath, 'json_path beside equals, such as errcode']
      : [settings.acceptEquals, 'equals beside json_path, such as 0'];
  findings.faults.push({ where: missing.origin, got: 'nothing', expected });
  return null;
}
