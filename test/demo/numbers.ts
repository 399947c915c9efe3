// Numbers as the page writes them: −0.31, 2.4×10⁻³, 1,024.
const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹'

export function numberOf(text: string): number {
  const [digits = '', power = '0'] = text.replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (sign) => (sign === '⁻' ? '-' : String(raised.indexOf(sign)))).split('×10')
  return Number(digits.replace('−', '-').replace(/[^-\d.]/g, '')) * 10 ** Number(power)
}
