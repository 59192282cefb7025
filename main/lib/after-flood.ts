/** Less than this leaves little garbage. */
const FLOOD_BYTES = 8 * 1024 * 1024;

/**
 * Returns a function to call with the size of each chunk of output: `run` is called once after a flood, when no chunk has come for
 * `pauseMs`, and never while output flows or after little of it. Unit: ms. The timer does not keep the process running.
 */
export function afterFlood(pauseMs: number, run: () => void): (bytes: number) => void {
  let seen = 0;
  let timer: NodeJS.Timeout | undefined;
  return (bytes) => {
    seen += bytes;
    if (seen < FLOOD_BYTES) return;
    if (timer !== undefined) {
      timer.refresh();
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      seen = 0;
      run();
    }, pauseMs).unref();
  };
}
