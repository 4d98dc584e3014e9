/**
 * The data sets of Splunk's Common Information Model, as the package pytest-splunk-addon publishes their field lists.
 * https://docs.splunk.com/Documentation/CIM/latest/User/Overview
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Progress } from '../../rig/python.ts';
import { library } from '../pip.ts';

export interface Field {
  readonly name: string;
  /** `conditional` counts where the condition holds, or where the event has the field. */
  readonly type: string;
  readonly condition?: string;
  /** An eval expression: null for a value that is not allowed. */
  readonly validity?: string;
  readonly expected_values?: readonly string[];
}

export interface DataSet {
  readonly model: string;
  readonly name: string;
  /** An event belongs to it that has all tags of one of these lists. */
  readonly tags: readonly (readonly string[])[];
  /** Search terms that must hold besides. */
  readonly constraint: string;
  /** Its own and those of the data sets it is part of. */
  readonly fields: readonly Field[];
}

interface Raw {
  readonly name: string;
  readonly tags: readonly (readonly string[])[];
  readonly search_constraints?: string;
  readonly fields: readonly Field[];
  readonly child_dataset?: readonly Raw[];
}

/** Undefined, with the reason as a progress line, where this machine can't fetch them. */
export async function dataSets(progress: Progress): Promise<readonly DataSet[] | undefined> {
  const found = await library('cim', join(import.meta.dirname, 'requirements.txt'), true, progress);
  if (found === undefined) return undefined;
  const folder = join(found.folder, 'pytest_splunk_addon/data_models');
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => {
    const { model_name: model, objects } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return (objects as Raw[]).flatMap((each) => flat(model, each, []));
  });
}

function flat(model: string, raw: Raw, inherited: readonly Field[]): DataSet[] {
  const fields = [...inherited, ...raw.fields];
  const { name, tags, search_constraints: constraint = '' } = raw;
  return [
    { model, name, tags, constraint, fields },
    ...(raw.child_dataset ?? []).flatMap((child) => flat(model, child, fields)),
  ];
}
