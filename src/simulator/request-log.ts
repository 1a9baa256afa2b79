import type { ApiRequest } from './request.ts';

/** One request as the cloud saw it. Never holds headers or bodies, so no secret either. */
export interface LoggedRequest {
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Null for paths that are none of the API's. */
  readonly endpoint: 'images' | 'phone-images' | 'tokens' | null;
  readonly project_id: string | null;
  /** Null until it is answered, and for good when it never is. */
  status: number | null;
  request_id: string | null;
}

export function logRequest(request: ApiRequest, at: Date): LoggedRequest {
  const { target } = request;
  return {
    at,
    method: request.method,
    path: request.path,
    query: Object.fromEntries(request.query),
    endpoint: target?.endpoint ?? null,
    project_id: target && 'project_id' in target ? target.project_id : null,
    status: null,
    request_id: null,
  };
}
