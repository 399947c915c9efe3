// Formats numbers in the page's language.
import { computed } from '@preact/signals'
import { language } from '../page/language'

/** A whole number; both languages of the page group its digits by commas. Intl.NumberFormat takes 25 ms of the first paint to make. */
export const count = (value: number) => value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',')

/** Hidden units of a layer, per direction if there are two. */
export const unitsOf = (hidden: number, both: boolean) => (both ? `2 × ${count(hidden)}` : count(hidden))

/** A perplexity or a loss, with three significant digits or more; a dash if there is none. */
export function figure(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return value >= 100 ? count(value) : value.toFixed(digits)
}

/** The same of a number that may be negative, with a minus sign where it is not rounded to zero. */
export function signedFigure(value: number): string {
  const size = figure(Math.abs(value))
  return value < 0 && Number(size) !== 0 ? `−${size}` : size
}

/** A number of any size with two significant digits: 0.31, 42, 2.4×10⁻¹². */
export function scientific(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return '∞'
  const size = Math.abs(value)
  if (size === 0 || (size >= 0.01 && size < 1000)) return String(Number(value.toPrecision(2)))
  const [digits, power] = value.toExponential(1).split('e')
  return `${digits}×10${raised(power!)}`
}

/** A power of ten on an axis: 10⁻⁵, 2×10⁷. */
export function powerOfTen(value: number): string {
  const [digits, power] = value.toExponential(0).split('e')
  return `${digits === '1' ? '' : `${digits}×`}10${raised(power!)}`
}

const raised = (power: string) => [...String(Number(power))].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('')

export const probability = (value: number) =>
  value >= 0.1 || value === 0 ? `${Math.round(value * 100)}\u00a0%` : value >= 0.001 ? `${(value * 100).toFixed(1)}\u00a0%` : '<\u00a00.1\u00a0%'

const clock = computed(() => (language.value === 'zh' ? { h: '小时', min: '分', s: '秒' } : { h: 'h', min: 'min', s: 's' }))

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const rounded = Math.ceil(seconds)
  const { h, min, s } = clock.value
  if (rounded < 60) return `${rounded} ${s}`
  if (rounded < 3600) return `${Math.floor(rounded / 60)} ${min} ${rounded % 60} ${s}`
  return `${Math.floor(rounded / 3600)} ${h} ${Math.floor((rounded % 3600) / 60)} ${min}`
}
