/**
 * Decides which addresses a page may be fetched from. Pure. Source: IANA special-purpose address registries; metadata addresses
 * of the large clouds.
 */
import { BlockList, isIP } from 'node:net';

/** Everything but public unicast addresses: this machine, its networks, metadata services, documentation, multicast. */
const PRIVATE_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's host, a public number that only machines inside can reach
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
] as const;
/** Not public although inside 2000::/3: Teredo, benchmarking, ORCHID, documentation, 6to4. */
const PRIVATE_V6 = ['2001::/32', '2001:2::/48', '2001:10::/28', '2001:20::/28', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

const privateV4 = blockList(PRIVATE_V4, 'ipv4');
const privateV6 = blockList(PRIVATE_V6, 'ipv6');
const globalV6 = blockList(['2000::/3'], 'ipv6');
const mappedV6 = blockList(['::ffff:0:0/96'], 'ipv6');
/** For networks without IPv4: the last 32 bits are an IPv4 address. */
const nat64 = blockList(['64:ff9b::/96'], 'ipv6');

/** False for anything but an IP address. Zones (`fe80::1%eth0`) are always link-local. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !privateV4.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  if (mappedV6.check(address, 'ipv6') || nat64.check(address, 'ipv6')) {
    const inner = lastV4(address);
    return inner !== undefined && !privateV4.check(inner, 'ipv4');
  }
  return globalV6.check(address, 'ipv6') && !privateV6.check(address, 'ipv6');
}

function blockList(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    list.addSubnet(net, Number(bits), family);
  }
  return list;
}

/** `::ffff:1.2.3.4` or `::ffff:102:304`, in any notation: the URL parser writes the latter. */
function lastV4(address: string): string | undefined {
  const dotted = /(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const host = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const groups = host.split('::');
  const tail = (groups.at(-1) ?? '').split(':').filter((group) => group !== '');
  const words = [...Array<string>(Math.max(0, 2 - tail.length)).fill('0'), ...tail].slice(-2).map((group) => Number.parseInt(group, 16));
  return words.length === 2 ? words.flatMap((word) => [word >> 8, word & 0xff]).join('.') : undefined;
}
