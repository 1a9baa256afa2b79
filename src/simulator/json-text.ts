/** Stands before a number that JavaScript cannot write as it should look. A private letter, so no field begins with it. */
const RAW = '\uE000';

/** A value that becomes exactly `text` in the JSON of {@link jsonText}. */
export function rawNumber(text: string): string {
  return `${RAW}${text}`;
}

/** The JSON of a body, whose bigints are numbers with all of their digits. */
export function jsonText(body: unknown): string {
  const text = JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'bigint' ? rawNumber(String(value)) : value,
  );
  return text.includes(RAW) ? text.replaceAll(new RegExp(`"${RAW}([^"]*)"`, 'g'), '$1') : text;
}
