/** `npm run import`: what CloudFormation needs to take back a domain that outlived its stack. Calls nothing, changes nothing. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../shared/errors.ts';
import { none, run, UsageError } from './command.ts';
import { type DomainStatus, importOf } from './import/domain.ts';
import type { Template } from './import/template.ts';

const options = {
  deployed: { type: 'string' },
  package: { type: 'string' },
  domain: { type: 'string' },
  into: { type: 'string', default: 'out/import' },
} as const;

const PACKAGED = 'cloudformation-template-update-stack.json';

/** Throws UsageError that names the file. */
function json(option: string, path: string | undefined): unknown {
  if (path === undefined) throw new UsageError(`Missing --${option}.`);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`--${option}: ${path} is not a JSON file that can be read: ${messageOf(error)}`);
  }
}

function template(option: string, path: string | undefined): Template {
  const found = json(option, path) as Partial<Template> | null;
  if (typeof found?.Resources === 'object') return found as Template;
  throw new UsageError(`--${option}: ${path} is not a template: it has no Resources.`);
}

function status(path: string | undefined): DomainStatus {
  const found = json('domain', path) as { DomainStatus?: Partial<DomainStatus> } | null;
  if (typeof found?.DomainStatus?.DomainName === 'string') return found.DomainStatus as DomainStatus;
  throw new UsageError(`--domain: ${path} is not what aws opensearch describe-domain prints.`);
}

const steps = (into: string, stack: string): string => `Wrote ${into}/template.json and ${into}/resources.json. Next:
bucket=$(aws cloudformation describe-stack-resource --stack-name ${stack} --logical-resource-id ServerlessDeploymentBucket \\
  --query StackResourceDetail.PhysicalResourceId --output text)
aws s3 cp ${into}/template.json s3://$bucket/import/template.json
aws cloudformation create-change-set --stack-name ${stack} --change-set-type IMPORT --change-set-name domain \\
  --template-url https://$bucket.s3.amazonaws.com/import/template.json \\
  --resources-to-import file://${into}/resources.json --capabilities CAPABILITY_NAMED_IAM
aws cloudformation wait change-set-create-complete --stack-name ${stack} --change-set-name domain
aws cloudformation execute-change-set --stack-name ${stack} --change-set-name domain
aws cloudformation wait stack-import-complete --stack-name ${stack}
`;

await run({
  help: {
    usage: ['import -- --deployed <file> --package <folder> --domain <file> [--into <folder>]'],
    about: `Writes the template and the list of resources for a CloudFormation change set that imports a domain which outlived its
stack, and prints the commands that do it. All steps: docs/how-to/create-domain.md. It reads files only.`,
    options: {
      '--deployed <file>': 'the template of the stack as it is: aws cloudformation get-template --query TemplateBody',
      '--package <folder>': 'what sls package --package wrote, with opensearchUrl=create',
      '--domain <file>': 'what aws opensearch describe-domain printed',
      '--into <folder>': 'where to write (default: out/import)',
    },
    one: 'the next deployment would replace the domain; the message says which parameter to set',
  },
  options,
  takesPaths: true,
  async run(values, positionals) {
    none(positionals);
    const deployed = template('deployed', values.deployed);
    const packaged = template('package', values.package && join(values.package, PACKAGED));
    const domain = status(values.domain);
    try {
      const made = importOf(deployed, packaged, domain);
      mkdirSync(values.into, { recursive: true });
      writeFileSync(join(values.into, 'template.json'), JSON.stringify(made.template));
      writeFileSync(join(values.into, 'resources.json'), JSON.stringify(made.resources, undefined, 2));
    } catch (error) {
      process.stderr.write(`${messageOf(error)}\n`);
      return 1;
    }
    process.stdout.write(steps(values.into, domain.DomainName));
    return 0;
  },
});
