/** The slash commands of a folder as clients list them. */
import type { ProjectId } from '../../preload/contract/index.ts';
import type { Engine } from '../engine/index.ts';

export async function commandsUpdate(engine: Engine, projectId: ProjectId) {
  const commands = await engine.commands.list(projectId);
  return {
    sessionUpdate: 'available_commands_update' as const,
    availableCommands: commands
      .filter(({ runsIn }) => runsIn !== 'window')
      .map(({ name, description, argumentHint, source, aliases }) => ({
        name,
        description,
        input: argumentHint === undefined && source === 'built-in' ? null : { hint: argumentHint ?? '' },
        _meta: { source, ...(argumentHint === undefined ? {} : { argumentHint }), ...(aliases.length === 0 ? {} : { altNames: aliases }) },
      })),
    _meta: { availableSkills: commands.filter(({ source }) => source === 'skill').map(({ name }) => name) },
  };
}
