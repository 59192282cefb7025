/** The host side of the contract, over any transport. */
export type { AppPort } from './app-port.ts';
export type { Confirmation } from './confirmation.ts';
export {
  createRpcHost,
  type RpcHost,
  type RpcHostOptions,
} from './rpc-host.ts';
export type { HostTransport } from './transport.ts';
