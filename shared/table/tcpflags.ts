/**
 * TCP flags by the number that flow logs give: the sum of the bits seen in the window; 0 when only ACK or data was seen.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 * https://www.iana.org/assignments/tcp-parameters/tcp-parameters.xhtml#tcp-header-flags
 */
const NAMES = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr'];

export const TCP_FLAGS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Array.from({ length: 255 }, (_, i) => [i + 1, NAMES.filter((_name, bit) => ((i + 1) >> bit) & 1)]),
);
