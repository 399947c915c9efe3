// What the tables and the picture show of a measurement.
import type { GpuMeasurement, MeasuredRow, WorkKind, WorkMeasurement } from 'sluice'

export const kinds: readonly WorkKind[] = ['train', 'forward', 'generate']

/** The strategies and other engines of a measurement, in the order of its columns. */
export const columnsOf = ({ strategies, peers }: GpuMeasurement): string[] => [...strategies, ...Object.keys(peers)]

export const columnOf = ({ strategy, engine }: MeasuredRow): string => strategy ?? engine

/** Milliseconds of a step, or characters a second; undefined if it was not measured. */
export const valueOf = ({ kind, length }: WorkMeasurement, { ms }: MeasuredRow): number | undefined =>
  ms === undefined ? undefined : kind === 'generate' ? (length / ms) * 1000 : ms

/** The fastest strategy of Sluice. */
export const fastestOf = ({ rows }: WorkMeasurement): MeasuredRow | undefined =>
  rows
    .filter(({ engine, ms }) => engine === 'sluice' && ms !== undefined)
    .toSorted((a, b) => a.ms! - b.ms!)
    .at(0)

/** Three significant digits, and all before the point. */
export const short = (value: number): string => (value >= 100 ? Math.round(value).toString() : value.toPrecision(3))

export const giga = (rate: number): string => short(rate / 1e9)

/** `Chrome 156`, `Firefox 153`. */
export function browserOf(runtime: string): string {
  const match = /(Firefox|Edg|Chrome)\/(\d+)/.exec(runtime) ?? /(Version)\/(\d+).*Safari/.exec(runtime)
  return match ? `${{ Edg: 'Edge', Version: 'Safari' }[match[1]!] ?? match[1]} ${match[2]}` : runtime.slice(0, 60)
}

const otherNames: Readonly<Record<string, string>> = { 'tfjs-webgpu': 'TensorFlow.js', 'jax-webgpu': 'jax-js' }
export const columnTitle = (name: string): string => otherNames[name] ?? name
