// Recognises instances of our classes. Their state is private, so a Proxy of one does not work, and neither does an instance from another
// copy of this library. Most reactive state leaves them alone: Vue does not wrap objects with a tag of their own (`Symbol.toStringTag`),
// and most others do not wrap instances of classes. If one is wrapped anyway, its methods throw a clear error instead of «Cannot read
// private member».
import { show, SluiceError } from './errors'

/** A class of ours: its prototype has a tag, which is its name. */
interface TaggedClass {
  readonly prototype: { readonly [Symbol.toStringTag]: string }
}

/** Every instance of our classes. A Proxy of an instance is not in it. */
const instances = new WeakSet<object>()
const guardedPrototypes = new WeakSet<object>()

const proxyError = (what: string, tag: string): SluiceError =>
  new SluiceError(
    'bad-value',
    `${what} is a Proxy of a ${tag}, as deep reactive state makes them. A Proxy has no access to private state. Keep the ${tag} itself: outside the state, or marked as raw in it (ref() in Valtio, markRaw() or shallowRef() in Vue).`,
  )

/** Makes the methods and getters of a class refuse a Proxy of an instance. Call it first in the constructor. (A call beside the class
 * would keep bundlers from dropping a class that nobody uses.) */
export function guardMethods(self: object, { prototype }: TaggedClass): void {
  instances.add(self)
  if (guardedPrototypes.has(prototype)) return
  guardedPrototypes.add(prototype)
  const guard = <This extends object, Arguments extends unknown[], Result>(method: (this: This, ...args: Arguments) => Result) =>
    function (this: This, ...args: Arguments): Result {
      if (!instances.has(this)) throw proxyError('this object', prototype[Symbol.toStringTag])
      return method.apply(this, args)
    }
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor') continue
    if (typeof member.value === 'function') Object.defineProperty(prototype, name, { ...member, value: guard(member.value) })
    else if (member.get) Object.defineProperty(prototype, name, { ...member, get: guard(member.get) })
  }
}

/** Whether a value has the tag of the class. It may still be a Proxy, or from another copy of the library. */
export const hasTagOf = (value: unknown, { prototype }: TaggedClass): boolean =>
  isTrue(() => Object.prototype.toString.call(value) === `[object ${prototype[Symbol.toStringTag]}]`)

/** The answer, or false if asking throws, as with a revoked Proxy. */
function isTrue(ask: () => boolean): boolean {
  try {
    return ask()
  } catch {
    return false
  }
}

/** Refuses anything but an instance of `Class`. `expected`: what to pass instead.
 * @throws SluiceError `bad-value`: «device is an object (Object), expected the result of openDevice()». A Proxy and an instance from
 * another copy of the library have messages of their own. */
export function checkInstance<Class extends TaggedClass>(name: string, value: unknown, Class: Class, expected: string): asserts value is Class['prototype'] {
  if (typeof value === 'object' && value !== null) {
    const isOurs = isTrue(() => Object.prototype.isPrototypeOf.call(Class.prototype, value))
    if (isOurs && instances.has(value)) return
    const tag = Class.prototype[Symbol.toStringTag]
    if (isOurs) throw proxyError(name, tag)
    if (hasTagOf(value, Class))
      throw new SluiceError(
        'bad-value',
        `${name} is a ${tag} of another copy of Sluice: two are loaded here, and they cannot share objects. Import Sluice from one address everywhere, and let the bundler keep one copy (in Vite resolve.dedupe: ['sluice']; npm ls sluice shows where a second one comes from). If the code was reloaded without the page, reload the page.`,
      )
  }
  throw new SluiceError('bad-value', `${name} is ${show(value)}, expected ${expected}`)
}
