/** `POST /_bulk`: an item in the answer for each action, in their order; or one error for a body that is not a `_bulk` request. */
import { DecodeError } from '../../../shared/errors.ts';
import type { Chunk, Source } from '../../../shared/model.ts';
import { type Client, mayWrite } from '../access/client.ts';
import type { Request, Response } from '../http/request.ts';
import { answer, fault } from '../http/responses.ts';
import type { BulkRoute } from '../http/routes.ts';
import { MAX_ACTIONS, MAX_ANSWERS } from '../limits.ts';
import type { EndpointRecord } from '../record/records.ts';
import { type Action, actionsIn, written } from './actions.ts';
import { textOf } from './body.ts';
import { type DeliverTools, deliver } from './deliver.ts';
import { type Results, resultsOf } from './results.ts';

export interface BulkTools extends DeliverTools {
  readonly source: Source<EndpointRecord>;
  /** Takes up to so many events of a client's rate. */
  readonly take: (client: Client, events: number, now: number) => number;
  readonly now: () => number;
}

/** Throws ConfigError. */
export async function bulk(request: Request, route: BulkRoute, client: Client, tools: BulkTools): Promise<Response> {
  const started = tools.now();
  let actions: readonly Action[];
  try {
    actions = await actionsOf(request, route);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    tools.log.warn('request refused', {
      source: 'endpoint',
      client: client.id,
      reason: error.message,
      ...error.fields,
    });
    return fault(400, 'illegal_argument_exception', error.message);
  }
  const results = resultsOf(actions.map(({ operation }) => operation));
  const passed = admitted(actions, client, results, tools);
  if (passed.length > 0) {
    const uri = `endpoint:${client.id}@${request.id}`;
    const chunks = chunksOf(passed.map((at) => actions[at]));
    await deliver(tools.source, { uri, chunks }, placed(results, passed), tools);
  }
  return answer(200, results.json(tools.now() - started));
}

/** Throws DecodeError. */
async function actionsOf({ body, headers, query }: Request, { index }: BulkRoute): Promise<readonly Action[]> {
  const text = await textOf(body, headers['content-encoding']);
  const actions: Action[] = [];
  for (const action of actionsIn(text, { index, pipeline: query.get('pipeline') ?? undefined })) {
    if (actions.push(action) > MAX_ANSWERS)
      throw new DecodeError(`more than ${MAX_ANSWERS} actions in one request: lower bulk_max_size`);
  }
  if (actions.length === 0) throw new DecodeError('the request holds no actions');
  return actions;
}

/** The positions of actions that may pass; the results of the others are settled. */
function admitted(
  actions: readonly Action[],
  client: Client,
  results: Results,
  { take, now }: BulkTools,
): readonly number[] {
  const passed: number[] = [];
  const names = new Map<string, boolean>();
  actions.forEach(({ index = '' }, at) => {
    const isAllowed = names.get(index) ?? (index !== '' && mayWrite(client, index));
    if (names.size < 1000) names.set(index, isAllowed);
    if (isAllowed) passed.push(at);
    else results.set(at, 403, index === '' ? 'the action names no index' : 'the key does not allow this index');
  });
  const most = take(client, Math.min(passed.length, MAX_ACTIONS), now());
  const reason =
    most < MAX_ACTIONS ? 'the rate of the key is exceeded' : `more than ${MAX_ACTIONS} actions in one request`;
  for (const at of passed.slice(most)) results.set(at, 429, reason);
  return passed.slice(0, most);
}

/** The same results by the positions of what passed. */
const placed = (results: Results, passed: readonly number[]): Results => ({
  ...results,
  set: (at, status, reason) => results.set(passed[at], status, reason),
  at: (at) => results.at(passed[at]),
});

async function* chunksOf(actions: readonly Action[]): AsyncGenerator<Chunk> {
  for (const action of actions) yield written(action);
}
