/** Plain values as one word to compare. JSON alone would write null for NaN and Infinity. */
export const settingsKey = (values: unknown): string => JSON.stringify(values, (_, value: unknown) => (typeof value === 'number' ? String(value) : value))
