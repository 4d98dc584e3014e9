/**
 * The audit log: a domain publishes it only when the security plugin writes it, too. Only switched on; what it covers is the
 * administrators' own.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html
 */
import type { Step } from './steps.ts';

const PATH = '/_plugins/_security/api/audit';

interface Answer {
  readonly config?: { readonly enabled?: boolean };
}

export const auditing: Step = {
  name: 'audit log',
  async run(api, { plan = false }) {
    const { config = {} } = ((await api({ method: 'GET', path: PATH })) ?? {}) as Answer;
    if (config.enabled === true) return [{ action: 'none', object: 'audit log' }];
    if (!plan) await api({ method: 'PUT', path: `${PATH}/config`, body: { ...config, enabled: true } });
    return [{ action: 'update', object: 'audit log', paths: ['enabled'] }];
  },
};
