/**
 * Moves the clock of a test file, and of the Node processes that it starts, by BONGSU_CLOCK: `+9mo`, `-40d`.
 * Loaded by test/clock.config.cjs into each test file, and by NODE_OPTIONS into child processes.
 */
const [, sign, count, unit] = /^([+-])(\d+)(d|mo)$/.exec(process.env.BONGSU_CLOCK ?? '') ?? [];
if (unit === undefined) throw new Error(`BONGSU_CLOCK is "${process.env.BONGSU_CLOCK}": expected +9mo or -40d`);

const Real = globalThis.Date;
const DAY_MS = 86_400_000;
const shiftMs = Number(`${sign}${count}`) * (unit === 'd' ? DAY_MS : 30.4375 * DAY_MS);
const realNow = Real.now;
const now = () => Math.floor(realNow() + shiftMs);

Real.now = now; // a spy may replace it
globalThis.Date = new Proxy(Real, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new Real(now()).toString(),
});

const preload = `--require=${__filename}`;
if (!process.env.NODE_OPTIONS?.includes(preload)) {
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} ${preload}`.trim();
}
