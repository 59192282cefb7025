/**
 * `gantry` on the command line. Owns the dispatch and the end of the process, nothing else.
 * The imports of a command are loaded once the command is known: `--version` must answer in under 0.1 s.
 */
import { GANTRY_VERSION } from '../local/version.ts';
import { type CommandLine, parseCommandLine } from './args/args.ts';
import { endProcess, type ProcessEnd } from './end-process.ts';
import { EXIT } from './exit-codes.ts';
import { formatFailure } from './output/failure.ts';

async function run(commandLine: CommandLine): Promise<ProcessEnd> {
  switch (commandLine.kind) {
    case 'version':
      process.stdout.write(`${GANTRY_VERSION}\n`);
      return EXIT.success;
    case 'help':
      process.stdout.write((await import('./args/help.ts')).helpText());
      return EXIT.success;
    case 'extensions':
      process.stdout.write('No extensions installed.\n');
      return EXIT.success;
    case 'refused':
      process.stderr.write(
        `${formatFailure({ message: commandLine.message, exitCode: EXIT.badFlags, type: 'FatalInputError' }, commandLine.json ? 'json' : 'text')}\n`,
      );
      return EXIT.badFlags;
    case 'run':
      if (commandLine.acp === true) return (await import('./commands/acp-command.ts')).acpCommand(commandLine);
      return (await import('./run/run-command.ts')).runCommand(commandLine);
    case 'serve':
      return (await import('./commands/serve-command.ts')).serveCommand(commandLine);
    case 'sessions':
      return (await import('./commands/sessions-command.ts')).sessionsCommand(commandLine);
    case 'mcp':
      return (await import('./commands/mcp-command.ts')).mcpCommand(commandLine);
    case 'auth':
      return (await import('./commands/auth-command.ts')).authCommand(commandLine);
    case 'doctor':
      return (await import('./commands/doctor-command.ts')).doctorCommand();
    default:
      return commandLine satisfies never;
  }
}

// Every user of the machine can read a process's command line, and any flag may hold a key: the title replaces all of it.
process.title = 'gantry';
await endProcess(await run(parseCommandLine(process.argv.slice(2))));
