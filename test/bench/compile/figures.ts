// What the drivers tell of a pipeline, each in its own words, in one set of words.

/** Of a compiled kernel; null where the driver does not tell. */
export interface Figures {
  /** Vector registers an invocation; of Intel the most that are live, of a whole wave's 32 bytes each. */
  readonly registers: number | null
  /** Spills and fills; of Adreno loads and stores of private memory. */
  readonly spills: number | null
  /** Bytes of scratch memory; of AMD and Intel for a whole wave. */
  readonly scratch: number | null
  readonly instructions: number | null
  /** Bytes of code. */
  readonly code: number | null
  /** Waves that can be resident: of AMD a SIMD, of NVIDIA an SM, of Adreno a core; of Apple invocations a workgroup. */
  readonly occupancy: number | null
  /** Invocations of a wave. */
  readonly wave: number | null
}

export const columns = ['registers', 'spills', 'scratch', 'instructions', 'code', 'occupancy', 'wave'] as const satisfies readonly (keyof Figures)[]

export interface Told {
  readonly subgroup: number
  readonly statistics: Readonly<Record<string, number | boolean>>
}

/** @throws Error for a driver whose words are unknown. */
export function figuresOf({ subgroup, statistics }: Told): Figures {
  const told = (...names: string[]): number | null => {
    const found = names.flatMap((name) => (name in statistics ? [Number(statistics[name])] : []))
    return found.length === 0 ? null : found.reduce((a, b) => a + b, 0)
  }
  const wave = subgroup || null
  const code = told('Code size')
  if ('VGPRs' in statistics)
    // RADV
    return {
      registers: told('VGPRs'),
      spills: told('Spilled VGPRs', 'Spilled SGPRs'),
      scratch: told('Scratch size'),
      instructions: told('Instructions'),
      code,
      occupancy: told('Subgroups per SIMD'),
      wave,
    }
  if ('Number of GPRs' in statistics)
    // NVK
    return {
      registers: told('Number of GPRs'),
      spills: told('Spills to memory', 'Fills from memory'),
      scratch: told('SLM size'),
      instructions: told('Instruction count'),
      code,
      occupancy: told('Max warps/SM'),
      wave,
    }
  if ('FSCIB' in statistics)
    // AGX
    return {
      registers: told('GPRs'),
      spills: told('Spills', 'Fills'),
      scratch: told('Scratch'),
      instructions: told('Instructions'),
      code,
      occupancy: told('Threads'),
      wave,
    }
  if ('Registers used' in statistics)
    // Turnip, which tells the code's size in words of four bytes
    return {
      registers: told('Registers used'),
      spills: told('STP Count', 'LDP Count'),
      scratch: null,
      instructions: told('Instruction Count'),
      code: code === null ? null : 4 * code,
      occupancy: told('Max Waves Per Core'),
      wave,
    }
  if ('SENDs' in statistics)
    // ANV
    return {
      registers: told('Max live registers'),
      spills: told('Spills', 'Fills'),
      scratch: told('Scratch Memory Size'),
      instructions: told('Instructions'),
      code,
      occupancy: null,
      wave,
    }
  throw new Error(`a driver that this does not know told ${Object.keys(statistics).join(', ') || 'nothing'}`)
}

/** Of several, what is worst: the most of each, and the least occupancy. */
export function worst(all: readonly Figures[]): Figures {
  const of = (name: keyof Figures, pick: (...n: number[]) => number) => {
    const found = all.flatMap((one) => one[name] ?? [])
    return found.length === 0 ? null : pick(...found)
  }
  return Object.fromEntries(columns.map((name) => [name, of(name, name === 'occupancy' || name === 'wave' ? Math.min : Math.max)])) as unknown as Figures
}
