/** `page_info.next_marker` and a value: that value, inside an object. */
export function atPath(path: string, value: unknown): Readonly<Record<string, unknown>> {
  const [name = path, ...inner] = path.split('.');
  return { [name]: inner.length === 0 ? value : atPath(inner.join('.'), value) };
}
