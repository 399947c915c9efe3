// Values that a call from JavaScript may bring where it should not, by name.
const detached = () => {
  const array = new Uint8Array(8)
  structuredClone(array, { transfer: [array.buffer] })
  return array
}
const boom = () => {
  throw new Error('read')
}
const throwing = () => new Proxy({}, { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom, getOwnPropertyDescriptor: boom })
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const deep = () => {
  let list: unknown[] = []
  for (let i = 0; i < 1e5; i++) list = [list]
  return list
}
/** An object that throws whichever of its properties is read. */
const getters = () => {
  const made = {}
  for (const name of [
    'length',
    'shape',
    'values',
    'h',
    'steps',
    'seed',
    'ids',
    'rate',
    'device',
    'constructor',
    'toString',
    'then',
    'unroll',
    'kind',
    'buffer',
  ])
    Object.defineProperty(made, name, { get: name === 'then' ? () => undefined : boom, enumerable: true })
  return made
}

/** Each is made anew for every call. */
export const hostile: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  NaN: () => NaN,
  Infinity: () => Infinity,
  '-1': () => -1,
  '0': () => 0,
  '1.5': () => 1.5,
  '2^31': () => 2 ** 31,
  '2^53': () => 2 ** 53,
  "''": () => '',
  "'x'": () => 'x',
  'a long string': () => 'x'.repeat(1e6),
  '[]': () => [],
  '[undefined]': () => [undefined],
  '{}': () => ({}),
  'a function': () => () => {},
  'a symbol': () => Symbol('x'),
  'a bigint': () => 10n ** 40n,
  'a Map': () => new Map(),
  'a Map of numbers': () => new Map([[1, 2]]),
  'a Date': () => new Date(0),
  'a promise': () => Promise.resolve(1),
  'a proxy that throws': throwing,
  'a revoked proxy': revoked,
  'a frozen object': () => Object.freeze({ x: 1 }),
  'getters that throw': getters,
  'a forged class': () => ({ constructor: { name: Symbol('x') }, [Symbol.toStringTag]: 'Float32Array', length: 6 }),
  'no prototype': () => Object.create(null) as unknown,
  'no primitive': () => ({ toString: 1, valueOf: 1 }),
  'a deep list': deep,
  'a list of holes': () => new Array(2 ** 32 - 1),
  'a long nothing': () => ({ length: 2 ** 40 }),
  'a Uint8Array': () => new Uint8Array(3),
  'a Float64Array': () => new Float64Array(6),
  'a detached array': detached,
  'shared memory': () => new Uint8Array(typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(8) : new SharedArrayBuffer(8)),
}
