/**
 * Whether a host name refers to this machine: `localhost` and names below it, 127.0.0.0/8, ::1. `hostname` is the value of `URL.hostname`,
 * an address, or a name in lower case; brackets around an IPv6 address are optional. It is not resolved.
 */
export function isLoopbackHost(hostname: string): boolean {
  return /^(?:(?:[^/:@]+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/.test(hostname);
}
