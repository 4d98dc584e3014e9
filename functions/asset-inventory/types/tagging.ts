/**
 * All that has tags or once had, whatever its service. None of it becomes an asset: it shows kinds that no declaration
 * lists (uncovered.ts).
 * https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 */
import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
  type ResourceTagMapping,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { TAGGED } from '../publish/uncovered.ts';

const GET = 'tag:GetResources';

const tagged = declare<ResourceTagMapping>({
  type: TAGGED,
  class: 'org',
  scope: 'region',
  pack: 'security',
  actions: [GET],
  async list(at, cursor) {
    const command = new GetResourcesCommand({ PaginationToken: cursor, ResourcesPerPage: 100 });
    const { ResourceTagMappingList: records = [], PaginationToken: next } = await at.call(GET, (options) =>
      at.client(ResourceGroupsTaggingAPIClient).send(command, options),
    );
    return { records, next };
  },
  // its tags are not needed, and may be many
  asset: ({ ResourceARN = '' }) => ({ id: ResourceARN, nativeId: ResourceARN }),
});

export const declarations: readonly Declaration[] = [tagged];
