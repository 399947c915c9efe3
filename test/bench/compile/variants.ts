// What is compiled: each kernel with each set of constants that a plan for hardware asks for, once, with subgroups and without.
import { createHash } from 'node:crypto'
import { bare } from '../../../shaders/plugin'
import { contractOf, source, type KernelName } from '../../../src/gpu/kernels'
import { plansOf, type PlanKind, type Subject } from '../paper'
import { canonical } from './canonical'

/** A kernel specialised. */
export interface Variant {
  readonly kernel: KernelName
  readonly constants: Readonly<Record<string, number>>
  /** Its texts: for any device, and for one that has subgroups where that differs. */
  readonly builds: readonly string[]
  /** Of what is compiled, without its names: the same as long as the compiler has nothing new to say. */
  readonly hash: string
}

/** A plan's dispatches: place of the variant, workgroups, how many of them. */
export interface Listed {
  readonly subject: string
  readonly kind: PlanKind
  readonly plan: string
  readonly dispatches: readonly (readonly [variant: number, workgroups: string, count: number])[]
}

export interface Catalogue {
  readonly variants: readonly Variant[]
  readonly plans: readonly Listed[]
  /** Of all of it. */
  readonly digest: string
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

/** With what Dawn makes the pipeline's layout: bytes of the uniform, and of each binding its number and access. */
const signature = (kernel: KernelName): unknown => {
  const { size, bindings } = contractOf(kernel)
  return [size, Object.values(bindings).map(({ binding, access }) => [binding, access])]
}

const known = new Map<string, ReturnType<typeof canonical>>()
function canonicalOnce(code: string): ReturnType<typeof canonical> {
  const found = known.get(code) ?? canonical(code)
  known.set(code, found)
  return found
}

/** Of a kernel specialised, as compilers see it (canonical.ts): names change nothing. */
export function hashOfVariant(signature: unknown, builds: readonly string[], constants: Readonly<Record<string, number>>): string {
  const seen = builds.map((code) => {
    const { text, overrides } = canonicalOnce(code)
    const values = Object.entries(constants).flatMap(([name, value]) => (overrides.has(name) ? [[overrides.get(name)!, value] as const] : []))
    return [text, values.sort(([a], [b]) => a.localeCompare(b))]
  })
  return hashOf(JSON.stringify([signature, seen]))
}

export interface Choice {
  readonly works?: readonly string[]
  readonly kernels?: readonly string[]
  readonly plans?: readonly string[]
}

const has = (words: readonly string[] | undefined, name: string): boolean => !words?.length || words.some((word) => name.includes(word))

export function catalogue(subjects: readonly Subject[], { works, kernels, plans: planWords }: Choice = {}): Catalogue {
  const places = new Map<string, number>()
  const variants: Variant[] = []
  const texts = new Map<KernelName, string[]>()
  const plans: Listed[] = []
  const textsOf = (kernel: KernelName): string[] => {
    const known = texts.get(kernel)
    if (known) return known
    const made = [...new Set([false, true].map((subgroups) => bare(source(kernel, subgroups))))]
    texts.set(kernel, made)
    return made
  }
  const placeOf = (kernel: KernelName, constants: Readonly<Record<string, number>>): number => {
    const key = `${kernel} ${JSON.stringify(constants)}`
    const known = places.get(key)
    if (known !== undefined) return known
    const builds = textsOf(kernel)
    variants.push({ kernel, constants, builds, hash: hashOfVariant(signature(kernel), builds, constants) })
    places.set(key, variants.length - 1)
    return variants.length - 1
  }
  for (const subject of subjects) {
    if (!has(works, subject.id)) continue
    for (const { kind, name, plan } of plansOf(subject)) {
      if (!has(planWords, kind === 'write' ? 'write' : name)) continue
      const counts = new Map<string, [number, string, number]>()
      for (const command of plan.commands) {
        if (command.kind !== 'dispatch' || !has(kernels, command.kernel)) continue
        const variant = placeOf(command.kernel, command.constants)
        const workgroups = command.workgroups.join('×')
        const known = counts.get(`${variant} ${workgroups}`)
        if (known) known[2]++
        else counts.set(`${variant} ${workgroups}`, [variant, workgroups, 1])
      }
      plans.push({ subject: subject.id, kind, plan: name, dispatches: [...counts.values()] })
    }
  }
  return { variants, plans, digest: hashOf(JSON.stringify([variants.map(({ hash }) => hash), plans])) }
}
