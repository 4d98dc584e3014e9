/** PowerShell's module logging (4103), script blocks (4104) and engine (400 to 800) → ECS and `powershell.*` as Winlogbeat names it. */
import type { Fields } from '../document.ts';
import { integer } from '../values.ts';
import { account, type Data } from './data.ts';
import { fileFields, programFields } from './files.ts';

const MAX_LINES = 256;

/** `Host Application = powershell.exe -enc …`, one a line; classic events write `HostApplication=…`. Names without spaces. */
function lines(text: string | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of (text ?? '').split('\n', MAX_LINES)) {
    const equals = line.indexOf('=');
    const name = line.slice(0, equals).replace(/\s/g, '');
    const value = line.slice(equals + 1).trim();
    if (equals > 0 && equals < 64 && value !== '' && !found.has(name)) found.set(name, value);
  }
  return found;
}

export function powershellFields(id: string, data: Data): Fields {
  const context = lines(data('ContextInfo') ?? data('param3') ?? data('param2'));
  const user = account(context.get('User') ?? context.get('UserId'));
  const line = context.get('HostApplication');
  const script = data('Path') ?? context.get('ScriptName');
  return {
    ...programFields('process', undefined, line),
    'process.title': context.get('HostName'),
    'process.entity_id': context.get('HostId'),
    ...fileFields(script),
    'user.domain': user.domain,
    'user.name': user.name,
    ...(id === '4104' ? blockFields(data) : {}),
    'powershell.command.name': context.get('CommandName'),
    'powershell.command.path': context.get('CommandPath'),
    'powershell.command.type': context.get('CommandType'),
    'powershell.engine.version': context.get('EngineVersion'),
    'powershell.runspace_id': context.get('RunspaceID') ?? context.get('RunspaceId'),
    'powershell.pipeline_id': context.get('PipelineID') ?? context.get('PipelineId'),
    'event.sequence': integer(context.get('SequenceNumber')),
  };
}

function blockFields(data: Data): Fields {
  return {
    'powershell.file.script_block_text': data('ScriptBlockText'),
    'powershell.file.script_block_id': data('ScriptBlockId'),
    'powershell.sequence': integer(data('MessageNumber')),
    'powershell.total': integer(data('MessageTotal')),
  };
}
