// Objects that are themselves and nothing else: their state is private and their work is on a GPU, so a Proxy of one could do
// nothing, and neither could an object of another copy of this library. Reactive state does not wrap them where it lets them
// choose: what has a tag of its own (`Symbol.toStringTag`) is left alone by Vue, and what is of a class by most others. Where one
// is wrapped all the same, its methods say so, in place of «Cannot read private member».
import { show, SluiceError } from './errors'

/** A class of ours: its prototype has a tag, the name of the class. */
interface Opaque {
  readonly prototype: { readonly [Symbol.toStringTag]: string }
}

/** Every object of ours, so that one can be told from a Proxy of it. */
const made = new WeakSet<object>()
const guarded = new WeakSet<object>()

const refusal = (what: string, tag: string): SluiceError =>
  new SluiceError(
    'bad-value',
    `${what} is a Proxy of a ${tag}, as deep reactive state makes them, and its private state is not the Proxy's. Keep the ${tag} itself: beside the state, or marked there as what it is (ref() in Valtio, markRaw() or shallowRef() in Vue).`,
  )

/** To be called first in the constructor of `Class`: from then on what its methods are called on must be an object that was
 * constructed. (Not at the class itself, where it would keep a bundler from leaving out a class that nobody uses.) */
export function opaque(self: object, { prototype }: Opaque): void {
  made.add(self)
  if (guarded.has(prototype)) return
  guarded.add(prototype)
  const guard = <This extends object, Arguments extends unknown[], Result>(work: (this: This, ...given: Arguments) => Result) =>
    function (this: This, ...given: Arguments): Result {
      if (!made.has(this)) throw refusal('this object', prototype[Symbol.toStringTag])
      return work.apply(this, given)
    }
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor') continue
    if (typeof member.value === 'function') Object.defineProperty(prototype, name, { ...member, value: guard(member.value) })
    else if (member.get) Object.defineProperty(prototype, name, { ...member, get: guard(member.get) })
  }
}

/** Whether it says of itself that it is one, though it may be a Proxy, or of another copy of the library. */
export const claims = (value: unknown, { prototype }: Opaque): boolean =>
  answers(() => Object.prototype.toString.call(value) === `[object ${prototype[Symbol.toStringTag]}]`)

/** False for what throws when it is asked, as a revoked Proxy does. */
function answers(ask: () => boolean): boolean {
  try {
    return ask()
  } catch {
    return false
  }
}

/** Refuses what is none of `Class`; `expected`: what to give instead.
 * @throws SluiceError `bad-value`: «device is an object (Object), expected what openDevice() gives»; a Proxy and an object of another copy of the
 * library have words of their own. */
export function checkOwn<Class extends Opaque>(name: string, value: unknown, Class: Class, expected: string): asserts value is Class['prototype'] {
  if (typeof value === 'object' && value !== null) {
    const isOurs = answers(() => Object.prototype.isPrototypeOf.call(Class.prototype, value))
    if (isOurs && made.has(value)) return
    const tag = Class.prototype[Symbol.toStringTag]
    if (isOurs) throw refusal(name, tag)
    if (claims(value, Class))
      throw new SluiceError(
        'bad-value',
        `${name} is a ${tag} of another copy of Sluice: two are loaded here, and neither can use what is the other's. Import it everywhere from one address, and let the bundler keep one (in Vite resolve.dedupe: ['sluice']; npm ls sluice shows who brings a second). If the code was reloaded while the page stayed, reload the page.`,
      )
  }
  throw new SluiceError('bad-value', `${name} is ${show(value)}, expected ${expected}`)
}
