/**
 * The baseline of the flood: node-pty in a process that does nothing else, with its bytes written directly into a file.
 * Arguments: command, folder. Prints its processor time. Unit: ms.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node-pty';

const [command = '', folder = '.'] = process.argv.slice(2);
const file = createWriteStream(join(folder, 'out'));
const pty = spawn('/bin/bash', ['-c', command], { cols: 120, rows: 40, cwd: folder, encoding: null });
pty.onData((bytes) => void file.write(bytes));
await new Promise<void>((resolve) => void pty.onExit(() => resolve()));
await new Promise<void>((resolve) => void file.end(resolve));
const { user, system } = process.cpuUsage();
console.log(Math.round((user + system) / 1000));
process.exit(0);
