// Numbers as people read them.
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

export const count = (value: number) => whole.format(value)

export const perplexity = (value: number | null | undefined) =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : value >= 100 ? whole.format(value) : value.toFixed(2)

export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–'
  const rounded = Math.ceil(seconds)
  if (rounded < 60) return `${rounded} s`
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${rounded % 60} s`
  return `${Math.floor(rounded / 3600)} h ${Math.floor((rounded % 3600) / 60)} min`
}
