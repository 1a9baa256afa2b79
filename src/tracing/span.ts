/**
 * Spans of OpenTelemetry, by its API alone: without an SDK in the process they are nothing and cost next to
 * nothing. No attribute, name or status holds a secret or anything a receiver or the API said.
 */
import {
  type Attributes,
  context,
  isSpanContextValid,
  type Link,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const tracer = trace.getTracer('cph-inventory');

interface SpanOptions {
  readonly attributes: Attributes;
  /** It is a request to somebody else. */
  readonly client?: true;
  /** The traceparent of what it is about, where that came about in another trace. */
  readonly about?: string | null;
}

/** Runs `work` in a span, which ends with it; a failure is told by the name of its error. */
export async function inSpan<T>(
  name: string,
  { attributes, client, about = null }: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const kind = client ? SpanKind.CLIENT : SpanKind.INTERNAL;
  const options = { attributes, kind, links: linksTo(about) };
  return await tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      failSpan(span, error instanceof Error ? error.name : 'unknown');
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed. `type` is one of a few words. */
export function failSpan(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
}

/** The ids of where we are, for a log line; empty outside of any span. */
export function traceIds(): { readonly trace_id?: string; readonly span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** Where we are, as W3C Trace Context writes it: `00-{trace id}-{span id}-{flags}`; null outside of any span. */
export function traceparent(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** The headers by which a receiver can go on with our trace; none without an SDK. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function linksTo(about: string | null): Link[] {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(about ?? '') ?? [];
  if (!traceId || !spanId || !flags) return [];
  return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } }];
}
