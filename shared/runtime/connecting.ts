/**
 * What every AWS client has in common. Without an endpoint in a VPC nobody answers a connection, and the SDK alone would wait for as long
 * as the Lambda may run.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/configuring-timeouts.html
 */
export const connecting = { requestHandler: { connectionTimeout: 3_000 } };
