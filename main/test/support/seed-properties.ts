/**
 * Property tests of `npm test` draw the same samples every time, so that a failure means a change. `FC_SEED=n` draws others;
 * `FC_SEED=random` new ones each time.
 */
import fc from 'fast-check';

const wanted = process.env['FC_SEED'];
if (wanted !== 'random') fc.configureGlobal({ seed: wanted === undefined ? 20_260_517 : Number(wanted) });
