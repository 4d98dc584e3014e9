/**
 * Fields that the CIM asks for and that the source does not have. They stay absent: a made-up value would be counted as real.
 * docs/splunk/cim.md has the same table.
 */
export interface Gap {
  readonly sourcetype: string;
  readonly model: string;
  readonly fields: readonly string[];
  readonly why: string;
  /** Only of events whose text matches. */
  readonly of?: RegExp;
}

const ONE_DIRECTION = 'a flow record counts one direction, so its bytes have no two parts';

export const GAPS: readonly Gap[] = [
  {
    sourcetype: 'aws:waf',
    model: 'Web',
    fields: ['bytes', 'bytes_in', 'bytes_out'],
    why: 'WAF logs no sizes of messages',
  },
  {
    sourcetype: 'aws:waf',
    model: 'Web',
    fields: ['status'],
    why: 'the origin answers what WAF lets through',
    of: /"action":\s*"(?:ALLOW|COUNT)"/,
  },
  {
    sourcetype: 'aws:waf',
    model: 'Intrusion_Detection',
    fields: ['src_port'],
    why: "WAF does not log the client's port",
  },
  {
    sourcetype: 'aws:route53',
    model: 'Network_Resolution',
    fields: ['transaction_id', 'response_time'],
    why: 'the resolver logs neither',
  },
  {
    sourcetype: 'aws:route53',
    model: 'Network_Resolution',
    fields: ['reply_code_id'],
    why: 'No Error is 0 (RFC 1035), which the published list lacks',
    of: /"rcode":\s*"NOERROR"/,
  },
  {
    sourcetype: 'aws:route53',
    model: 'Network_Resolution',
    fields: ['answer', 'answer_count'],
    why: 'a query without an answer has none',
    of: /"answers":\s*\[\s*\]|^(?!.*"answers")/s,
  },
  { sourcetype: 'aws:cloudwatchlogs:vpcflow', model: 'Network_Traffic', fields: ['bytes'], why: ONE_DIRECTION },
  { sourcetype: 'aws:transitgateway:flowlogs', model: 'Network_Traffic', fields: ['bytes'], why: ONE_DIRECTION },
  { sourcetype: 'aws:networkfirewall', model: 'Network_Traffic', fields: ['bytes'], why: ONE_DIRECTION },
  {
    sourcetype: 'aws:cloudwatchlogs:vpcflow',
    model: 'Network_Traffic',
    fields: ['icmp_type', 'icmp_code'],
    why: 'flow logs have neither',
  },
  {
    sourcetype: 'aws:cloudwatchlogs:vpcflow',
    model: 'Network_Traffic',
    fields: ['transport', 'protocol'],
    why: 'a protocol besides TCP, UDP and ICMP keeps its number',
    of: /^2 \d{12} \S+ \S+ \S+ 0 0 (?!1 |6 |17 |58 )/,
  },
  {
    sourcetype: 'aws:cloudwatch:guardduty',
    model: 'Intrusion_Detection',
    fields: ['src_port'],
    why: 'a port probe tells the probed port only',
    of: /PORT_PROBE/,
  },
  {
    sourcetype: 'aws:cloudtrail',
    model: 'Data_Access',
    fields: ['object_size'],
    why: 'only reads and writes of objects tell a size',
    of: /^(?!.*bytesTransferred)/s,
  },
];
