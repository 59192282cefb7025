/** Gives a forked Node the `process.parentPort` of a utility process, before its entry is loaded. */
import { EventEmitter } from 'node:events';

const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown) => void (process.connected && process.send?.(structuredClone(message))),
});
process.on('message', (data) => parentPort.emit('message', { data, ports: [] }));
process.on('disconnect', () => parentPort.emit('close'));
Object.defineProperty(process, 'parentPort', { value: parentPort });
