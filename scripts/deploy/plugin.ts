/**
 * A local plugin of osls: checks the parameters, answers `${settings:…}`, and lets a `function.yml` bring resources of its own.
 * https://www.serverless.com/framework/docs/guides/plugins/creating-plugins
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { logicalName } from '../../shared/sources.ts';
import { fill, overlay, type Tree } from './compose.ts';
import { type Parameters, parameters } from './parameters.ts';
import { contradictions, undeployable } from './rules.ts';
import { fault } from './sentences.ts';
import { type Settings, settings } from './settings.ts';

/** The part of osls that is used here. */
interface Serverless {
  readonly serviceDir: string;
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: { readonly param?: readonly string[] };
  };
  readonly service: {
    readonly functions: Record<string, Fn>;
    readonly custom: { readonly esbuild: { readonly outputWorkFolder: string } };
    resources: Tree;
  };
  getProvider(name: 'aws'): { readonly naming: { getLambdaLogicalId(name: string): string } };
}

interface Fn {
  readonly timeout: number;
  /** Pieces of CloudFormation that come and go with the function; a piece may be a list. */
  resources?: (Tree | (Tree | Tree[])[])[];
}

interface Query {
  readonly address: string;
  resolveVariable(variable: string): Promise<string>;
  resolveConfigurationProperty(path: readonly string[]): Promise<Readonly<Record<string, unknown>> | undefined>;
}

interface Reading {
  readonly settings: Settings;
  readonly faults: readonly string[];
}

class Deployment {
  readonly configurationVariablesSources = {
    settings: { resolve: async (query: Query) => ({ value: at((await this.#read(query)).settings, query.address) }) },
  };
  readonly hooks: Readonly<Record<string, () => void>>;
  readonly #serverless: Serverless;
  #reading: Reading | undefined;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    serverless.configSchemaHandler.defineFunctionProperties('aws', { properties: { resources: { type: 'array' } } });
    const project = serverless.serviceDir;
    this.hooks = {
      initialize: () => this.#initialize(),
      // serverless-esbuild moved the process into its work folder, but `file:out` means the project's.
      'before:invoke:local:invoke': () => process.chdir(project),
      finalize: () => this.#tidy(project),
      error: () => this.#tidy(project),
    };
  }

  async #read({ resolveVariable, resolveConfigurationProperty }: Query): Promise<Reading> {
    if (this.#reading !== undefined) return this.#reading;
    const stage = await resolveVariable('sls:stage');
    const service = await resolveVariable('self:service');
    const { values, faults } = parameters({
      ...(await resolveConfigurationProperty(['params', 'default'])),
      ...(await resolveConfigurationProperty(['params', stage])),
      ...commandLine(this.#serverless.processedInput.options.param ?? []),
    });
    this.#reading = {
      settings: settings(values, `${service}-${stage}`, hash(join(this.#serverless.serviceDir, 'opensearch'))),
      // A contradiction may come from a value that was refused: that value's own sentence is enough then.
      faults: [
        ...stageFaults(stage),
        ...(faults.length > 0 ? faults : [...contradictions(values), ...fileFaults(values)]),
      ],
    };
    return this.#reading;
  }

  #initialize(): void {
    if (this.#reading === undefined) return; // nothing asked for a setting: a command without a service
    const { settings, faults } = this.#reading;
    const [command, what] = this.#serverless.processedInput.commands;
    const deploying = command === 'deploy' && what === undefined;
    const sentences = [...faults, ...(deploying && faults.length === 0 ? undeployable(settings.parameters) : [])];
    if (command === 'deploy' && what === 'function' && settings.domain === 'create') {
      // It would put the literal environment over the one that CloudFormation filled in.
      sentences.push('A function of a stack that makes its own domain can only be deployed with the stack.');
    }
    if (sentences.length > 0) throw new this.#serverless.classes.Error(sentences.join('\n'), 'PARAMETERS');
    // Locally a function that is off can be tried too, and nobody looks at resources.
    if (command !== 'invoke') this.#compose(settings);
  }

  /** Takes out the functions that are off, and lays the resources of the others over those of the stack. */
  #compose(settings: Settings): void {
    const { service } = this.#serverless;
    const { naming } = this.#serverless.getProvider('aws');
    for (const [name, fn] of Object.entries(service.functions)) {
      if (!settings.functions.some((on) => on === name)) {
        delete service.functions[name];
        continue;
      }
      const prefix = settings.prefix[name as keyof Settings['prefix']];
      const words = {
        $Source: logicalName(name),
        $Lambda: naming.getLambdaLogicalId(name),
        $source: name,
        $prefix: prefix,
        $escapedPrefix: prefix.split('/').map(encodeURIComponent).join('/'),
        $keys: prefix.endsWith('*') ? prefix : `${prefix}*`,
        // AWS asks for six times the timeout, so that a message isn't seen again while it is being worked on.
        // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        $visibility: fn.timeout * 6,
      };
      for (const piece of (fn.resources ?? []).flat(2)) {
        service.resources = overlay(service.resources, fill(piece, words)) as Tree;
      }
      delete fn.resources;
    }
  }

  /** The work folder is one for each run, so that two runs at once do not share it. */
  #tidy(project: string): void {
    const folder = join(project, this.#serverless.service.custom.esbuild.outputWorkFolder);
    rmSync(folder, { recursive: true, force: true });
  }
}

const at = (settings: Settings, address: string): unknown =>
  address
    .split('.')
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], settings);

/** Of all files in a folder, by their names and content. */
function hash(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sum = createHash('sha256');
  for (const file of files.sort()) sum.update(`${relative(folder, file)}\0`).update(readFileSync(file));
  return sum.digest('hex');
}

/** `name=value` each; osls has refused anything else. */
const commandLine = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(given.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));

/** The stage is part of the names of a domain (at most 28 characters), of buckets and of queues. */
const stageFaults = (stage: string): string[] =>
  /^[a-z][a-z0-9-]{0,19}$/.test(stage)
    ? []
    : [fault('stage', 'at most 20 lower-case letters, digits and hyphens, a letter first', stage)];

/** By the working directory, which is the project. */
const fileFaults = ({ opensearchCaFile, splunkCaFile }: Parameters): string[] =>
  Object.entries({ opensearchCaFile, splunkCaFile })
    .filter(([, path]) => path !== '' && !existsSync(path))
    .map(([name, path]) => fault(name, 'the path of a PEM file that exists', path));

export { Deployment as 'module.exports' };
