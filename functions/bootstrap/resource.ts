/**
 * A custom resource of CloudFormation: it is told at a URL how the work went, whatever happens; a stack that is told
 * nothing waits for an hour.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requests.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
 */
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceResponse } from 'aws-lambda';
import { messageOf, ReadError } from '../../shared/errors.ts';

/** Called by anyone else, an event has no RequestType. */
export type Event = CloudFormationCustomResourceEvent | { readonly RequestType?: undefined; readonly task?: string };

type Outcome = Pick<CloudFormationCustomResourceResponse, 'Status' | 'Reason'>;

/** An answer has 4,096 bytes at most. */
const MAX_REASON = 1_000;

/**
 * Does the work for a stack that makes or changes the resource, nothing for one that deletes it: other stacks and old
 * indices may rely on what was put. Whoever else calls gets the result, or the error.
 */
export async function resource<T>(event: Event, work: () => Promise<T>): Promise<T | undefined> {
  if (event.RequestType === undefined) return await work();
  if (event.RequestType === 'Delete') {
    await respond(event, { Status: 'SUCCESS' });
    return undefined;
  }
  try {
    const result = await work();
    await respond(event, { Status: 'SUCCESS' });
    return result;
  } catch (error) {
    await respond(event, { Status: 'FAILED', Reason: messageOf(error).slice(0, MAX_REASON) });
    return undefined;
  }
}

async function respond(event: CloudFormationCustomResourceEvent, outcome: Outcome): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const PhysicalResourceId = 'PhysicalResourceId' in event ? event.PhysicalResourceId : LogicalResourceId;
  const answer = { ...outcome, StackId, RequestId, LogicalResourceId, PhysicalResourceId };
  const body = Buffer.from(JSON.stringify(answer));
  // the URL is signed for an empty type; a string as the body would bring one
  const { ok, status } = await fetch(event.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body });
  if (!ok) throw new ReadError('CloudFormation did not take the answer', { status });
}
