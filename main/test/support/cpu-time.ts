/**
 * The processor time that this process has used since. Other programs do not count, so a limit on it is valid on a busy
 * machine. Unit: ms.
 */
export function startCpuTimer(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}
