/**
 * The fields of each log line that name the invocation, as Powertools for AWS Lambda calls them, so that its published
 * queries work here too.
 * https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/#standard-structured-keys
 */
export interface InvocationFields {
  readonly function_request_id: string;
  /** The first invocation of its environment. */
  readonly cold_start: boolean;
  /** Absent without X-Ray. */
  readonly xray_trace_id?: string;
}

export function invocationFields(requestId: string, isFirst: boolean): InvocationFields {
  const trace = traceIdIn(process.env._X_AMZN_TRACE_ID);
  return { function_request_id: requestId, cold_start: isFirst, ...(trace !== undefined && { xray_trace_id: trace }) };
}

/** `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1` → the root. */
const traceIdIn = (header = ''): string | undefined => /(?:^|;)Root=([^;]+)/.exec(header)?.[1];
