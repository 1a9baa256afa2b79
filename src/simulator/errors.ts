/** Why a request is refused, by the code the API would give. See answer.ts for what becomes of it. */
export class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string = ERRORS[code].message) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
  }
}

interface ApiError {
  readonly status: number;
  readonly message: string;
}

/** CPH reports every error of its own as HTTP 400, its internal error included. */
const CPH_ERRORS = {
  'CPS.0001': { status: 400, message: 'No permission to request resources.' },
  'CPS.0002': { status: 400, message: 'Parameter: offset or limit is invalid.' },
  'CPS.0003': { status: 400, message: 'Service internal error.' },
  'CPS.0006': { status: 400, message: 'The account is in arrears.' },
  'CPS.0007': { status: 400, message: 'The account is frozen.' },
  // The reference names no code for a wrong image_type; this one stands in for it.
  'CPS.0009': { status: 400, message: 'Parameter: image_type is invalid.' },
  'CPS.0010': { status: 400, message: 'Parameter: status is invalid.' },
  'CPS.0029': { status: 400, message: 'Parameter: image_id is empty.' },
  'CPS.0030': { status: 400, message: 'Parameter: image_id is invalid.' },
} as const satisfies Record<string, ApiError>;

const GATEWAY_ERRORS = {
  'APIGW.0101': { status: 404, message: 'The API does not exist or is not published.' },
  'APIGW.0201': { status: 504, message: 'Backend timeout.' },
  'APIGW.0301': { status: 401, message: 'Incorrect IAM authentication information.' },
  'APIGW.0302': { status: 403, message: 'The IAM user is not allowed to access the API.' },
  'APIGW.0306': { status: 403, message: 'API access denied.' },
  'APIGW.0307': { status: 401, message: 'The token must be updated.' },
  'APIGW.0308': { status: 429, message: 'The throttling threshold has been reached.' },
  'APIGW.0310': { status: 403, message: 'The project is unavailable.' },
  'APIGW.0601': { status: 500, message: 'Internal server error.' },
  'APIGW.0613': { status: 503, message: 'The backend service is unavailable.' },
  'APIGW.0802': { status: 403, message: 'The IAM user is forbidden in the selected region.' },
} as const satisfies Record<string, ApiError>;

export type ErrorCode = keyof typeof CPH_ERRORS | keyof typeof GATEWAY_ERRORS;

/** The documented codes with the status they come with. */
export const ERRORS: Readonly<Record<ErrorCode, ApiError>> = { ...CPH_ERRORS, ...GATEWAY_ERRORS };

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}
