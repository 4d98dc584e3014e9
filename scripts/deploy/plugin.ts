/**
 * A local plugin of osls: checks the parameters, answers `${settings:…}` in serverless.yml with the stack's name and its
 * functions, and adds the stack's other resources.
 * https://www.serverless.com/framework/docs/guides/plugins/creating-plugins
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { IAMClientConfig } from '@aws-sdk/client-iam';
import type { OpenSearchClientConfig } from '@aws-sdk/client-opensearch';
import { messageOf } from '../../shared/errors.ts';
import { isLoopback } from './addresses.ts';
import type { Tree } from './compose.ts';
import { regionFaults } from './domainrules.ts';
import { fieldFaults } from './fieldmaps.ts';
import { functionFaults } from './functionrules.ts';
import { functionNames, functionOf } from './functions.ts';
import { samlMetadata } from './login.ts';
import { type Parameters, parameters } from './parameters.ts';
import { resourcesOf } from './resources.ts';
import { contradictions, undeployable } from './rules.ts';
import { fault, meant } from './sentences.ts';
import { type Settings, settings } from './settings.ts';

/** The part of osls that is used here. */
interface Serverless {
  readonly serviceDir: string;
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly processedInput: {
    readonly commands: readonly string[];
    readonly options: { readonly param?: readonly string[] };
  };
  getProvider(name: 'aws'): { getAwsSdkV3Config(): Promise<IAMClientConfig & OpenSearchClientConfig> };
  readonly service: {
    readonly functions: Record<string, unknown>;
    readonly provider: { deletionProtection?: boolean };
    resources: Tree;
    readonly custom: { readonly esbuild: { readonly outputWorkFolder: string } };
  };
}

interface Utils {
  readonly log: { warning(text: string): void };
}

interface Query {
  readonly address: string;
  resolveVariable(variable: string): Promise<string>;
  resolveConfigurationProperty(path: readonly string[]): Promise<Readonly<Record<string, unknown>> | undefined>;
}

interface Reading {
  readonly settings: Settings;
  /** What serverless.yml reads. */
  readonly answers: Answers;
  /** The stage, and those that serverless.yml has parameters for. */
  readonly stage: string;
  readonly stages: readonly string[];
  readonly faults: readonly string[];
}

interface Answers {
  readonly stack: string;
  readonly parameters: Parameters;
  readonly tags: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, Tree>>;
}

function answersOf(settings: Settings, folder: string): Answers {
  const { stack, parameters } = settings;
  const functions = Object.fromEntries(functionNames.map((name) => [name, functionOf(name, settings, folder)]));
  const tags = Object.fromEntries(parameters.stackTags.map((tag) => tag.split(/=(.*)/s)));
  return { stack, parameters, tags, functions };
}

class Deployment {
  readonly configurationVariablesSources = {
    settings: { resolve: async (query: Query) => ({ value: at((await this.#read(query)).answers, query.address) }) },
  };
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;
  readonly #serverless: Serverless;
  readonly #utils: Utils;
  #reading: Reading | undefined;

  constructor(serverless: Serverless, _options: unknown, utils: Utils) {
    this.#serverless = serverless;
    this.#utils = utils;
    const project = serverless.serviceDir;
    this.hooks = {
      initialize: () => this.#initialize(),
      'before:deploy:deploy': () => this.#askAccount(),
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
    const given = this.#serverless.processedInput.options.param ?? [];
    const { values, faults } = parameters({
      ...(await resolveConfigurationProperty(['params', 'default'])),
      ...(await resolveConfigurationProperty(['params', stage])),
      ...commandLine(given),
    });
    const folder = this.#serverless.serviceDir;
    const metadata = await samlMetadata(values);
    const found = settings(values, `${service}-${stage}`, hash(join(folder, 'opensearch')), metadata.text);
    const region = await resolveVariable('self:provider.region');
    this.#reading = {
      settings: found,
      answers: answersOf(found, folder),
      // A contradiction may come from a value that was refused: that value's own sentence is enough then.
      stage,
      stages: Object.keys((await resolveConfigurationProperty(['params'])) ?? {}),
      faults: [
        ...stageFaults(stage),
        ...given.filter((pair) => !isPair(pair)).map(pairFault),
        ...functionFaults(found, folder),
        ...(faults.length > 0
          ? faults
          : [
              ...contradictions(values),
              ...regionFaults(values, region),
              ...metadata.faults,
              ...fileFaults(values),
              ...(await fieldFaults(values)),
            ]),
      ],
    };
    return this.#reading;
  }

  #initialize(): void {
    if (this.#reading === undefined) return; // nothing asked for a setting: a command without a service
    const { settings, faults, stage, stages } = this.#reading;
    const [command, what] = this.#serverless.processedInput.commands;
    const deploying = command === 'deploy' && what === undefined;
    const sentences = [
      ...faults,
      ...(deploying && faults.length === 0 ? this.#undeployable(settings, stage, stages) : []),
    ];
    if (command === 'deploy' && what === 'function' && settings.domain === 'create') {
      // It would put the literal environment over the one that CloudFormation filled in.
      sentences.push('A function of a stack that makes its own domain can only be deployed with the stack.');
    }
    if (sentences.length > 0) throw new this.#serverless.classes.Error(sentences.join('\n'), 'PARAMETERS');
    if (command === 'invoke') return; // locally a function that is off can be tried too
    const { service, serviceDir } = this.#serverless;
    for (const name of Object.keys(service.functions)) {
      if (!settings.functions.some((on) => on === name)) delete service.functions[name];
    }
    // Not in serverless.yml: osls refuses there what only changes a function.
    service.resources = resourcesOf(settings, serviceDir);
    if (settings.protection !== undefined) service.provider.deletionProtection = settings.protection;
  }

  /** Checks the account before anything is deployed. Throws one error with a sentence for each thing that it lacks. */
  async #askAccount(): Promise<void> {
    const settings = this.#reading?.settings;
    if (settings === undefined || settings.domain === 'none') return;
    const { accountFaults, accountOf } = await import('./account.ts'); // the clients are needed for nothing else
    const config = await this.#serverless.getProvider('aws').getAwsSdkV3Config();
    const faults = await accountFaults(settings.parameters, accountOf(config)).catch((error) => {
      // the person who deploys may lack the permissions
      this.#utils.log.warning(`The account could not be checked for what a domain needs: ${messageOf(error)}`);
      return [];
    });
    if (faults.length > 0) throw new this.#serverless.classes.Error(faults.join('\n'), 'ACCOUNT');
  }

  #undeployable({ parameters }: Settings, stage: string, stages: readonly string[]): string[] {
    const isLocal = isLoopback(process.env.AWS_ENDPOINT_URL ?? '');
    return [...(isLocal ? [] : unknownStage(stage, stages)), ...undeployable(parameters, isLocal)];
  }

  /** The work folder is one for each run, so that two runs at once do not share it. */
  #tidy(project: string): void {
    const folder = join(project, this.#serverless.service.custom.esbuild.outputWorkFolder);
    rmSync(folder, { recursive: true, force: true });
  }
}

const at = (answers: Answers, address: string): unknown =>
  address
    .split('.')
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], answers);

/** Of all files in a folder, by their names and content. */
function hash(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sum = createHash('sha256');
  for (const file of files.sort()) sum.update(`${relative(folder, file)}\0`).update(readFileSync(file));
  return sum.digest('hex');
}

const isPair = (given: string): boolean => /^[^=]+=/.test(given);
const pairFault = (given: string): string => fault(given, '--param name=value', `--param ${given}`);

/** `name=value` each. */
const commandLine = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.filter(isPair).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/** A misspelt stage would be a second stack. `stages`: those with a block in `params`. */
const unknownStage = (stage: string, stages: readonly string[]): string[] => {
  const known = stages.filter((name) => name !== 'default');
  if (known.includes(stage)) return [];
  const expected = `a stage with a block in params of serverless.yml, which has ${known.join(' and ')}`;
  return [`Stage "${stage}": expected ${expected}${meant(stage, known)}`];
};

/** The stage is part of the names of a domain (at most 28 characters), of buckets and of queues. */
const stageFaults = (stage: string): string[] =>
  /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(stage)
    ? []
    : [fault('stage', 'at most 20 lower-case letters, digits and hyphens, a letter first and no hyphen last', stage)];

/** By the working directory, which is the project. */
const fileFaults = ({ opensearchCaFile, splunkCaFile }: Parameters): string[] =>
  Object.entries({ opensearchCaFile, splunkCaFile })
    .filter(([, path]) => path !== '' && !existsSync(path))
    .map(([name, path]) => fault(name, 'the path of a PEM file that exists', path));

export { Deployment as 'module.exports' };
