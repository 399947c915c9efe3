// A kernel's text as compilers see it: without names, unused code and the order of declarations. The digests of what was compiled are of
// this text, so a rename, a moved function or a merged file asks for no new run, and any other change does.

type Type = { readonly name: string; readonly args: readonly Type[] }

interface Declaration {
  readonly kind: string
  readonly name: string
  /** Tokens, `end` excluded. */
  readonly begin: number
  readonly end: number
  /** Of a variable; of what a function returns; of what an alias stands for. */
  readonly type: Type | null
  readonly members: ReadonlyMap<string, { readonly index: number; readonly type: Type }>
}

interface Local {
  type: Type | null
}

const isName = (token: string | undefined): token is string => token !== undefined && /^[A-Za-z_]/.test(token)

const tokensOf = (code: string): string[] =>
  code.replace(/\/\/.*/g, '').match(/[A-Za-z_]\w*|0[xX][\da-fA-F]+[iu]?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fhiu]?|->|[^\s\w]/g) ?? []

/** The canonical text of a kernel, and what it calls each override constant that `main` reaches.
 * @throws Error for a member of a value whose type cannot be told. */
export function canonical(code: string): { readonly text: string; readonly overrides: ReadonlyMap<string, string> } {
  const tokens = tokensOf(code)
  const { directives, declarations } = moduleOf(tokens)
  const numbers = new Map<Declaration | Local, string>()
  const reached: Declaration[] = []
  const numberOf = (of: Declaration | Local): string => {
    const known = numbers.get(of)
    if (known !== undefined) return known
    const number = `$${numbers.size}`
    numbers.set(of, number)
    if ('kind' in of) reached.push(of)
    return number
  }
  const main = declarations.get('main')
  if (!main) throw new Error('expected a function main')
  numberOf(main)
  const lines = [...directives]
  // Grows on the way: what a declaration names is reached by it.
  for (const declaration of reached) lines.push(textOf(tokens, declaration, declarations, numberOf))
  const overrides = new Map(reached.filter(({ kind }) => kind === 'override').map((one) => [one.name, numberOf(one)]))
  return { text: lines.join('\n'), overrides }
}

/** A type, and the token after it. */
function typeAt(tokens: readonly string[], at: number): [Type, number] {
  const name = tokens[at]!
  let next = at + 1
  const args: Type[] = []
  if (tokens[next] !== '<') return [{ name, args }, next]
  while (tokens[next] !== '>') {
    const [arg, after] = typeAt(tokens, next + 1)
    args.push(arg)
    // The rest of what is no type, as the length of an array.
    for (next = after; tokens[next] !== ',' && tokens[next] !== '>'; next++);
  }
  return [{ name, args }, next + 1]
}

/** Past the bracket that closes the one at `open`. */
function closing(tokens: readonly string[], open: number): number {
  for (let depth = 0, at = open; at < tokens.length; at++) {
    if ('([{'.includes(tokens[at]!)) depth++
    if (')]}'.includes(tokens[at]!) && --depth === 0) return at + 1
  }
  throw new Error(`${tokens[open]} is not closed`)
}

function moduleOf(tokens: readonly string[]): { directives: string[]; declarations: Map<string, Declaration> } {
  const directives: string[] = []
  const declarations = new Map<string, Declaration>()
  for (let at = 0; at < tokens.length;) {
    const begin = at
    while (tokens[at] === '@') at = tokens[at + 2] === '(' ? closing(tokens, at + 2) : at + 2
    const kind = tokens[at]!
    if (kind === ';') {
      at++
      continue
    }
    let end = tokens.indexOf(';', at) + 1
    if (kind === 'enable' || kind === 'diagnostic' || kind === 'requires') {
      directives.push(tokens.slice(begin, end).join(' '))
      at = end
      continue
    }
    at++
    if (kind === 'var' && tokens[at] === '<') at = tokens.indexOf('>', at) + 1
    const name = tokens[at]!
    at++
    let type: Type | null = null
    const members = new Map<string, { index: number; type: Type }>()
    if (kind === 'struct') {
      end = closing(tokens, at)
      for (let i = at + 1; i < end - 1; i++)
        if (isName(tokens[i]) && tokens[i + 1] === ':') {
          const [type, after] = typeAt(tokens, i + 2)
          members.set(tokens[i]!, { index: members.size, type })
          i = after - 1
        }
    } else if (kind === 'fn') {
      at = closing(tokens, at)
      if (tokens[at] === '->') type = typeAt(tokens, at + 1)[0]
      end = closing(tokens, tokens.indexOf('{', at))
    } else if (kind === 'alias') type = typeAt(tokens, at + 1)[0]
    else if (['var', 'const', 'override'].includes(kind)) type = tokens[at] === ':' ? typeAt(tokens, at + 1)[0] : null
    else throw new Error(`${kind} ${name} is no declaration that this knows`)
    declarations.set(name, { kind, name, begin, end, type, members })
    at = end
  }
  return { directives, declarations }
}

function textOf(
  tokens: readonly string[],
  { kind, begin, end }: Declaration,
  declarations: ReadonlyMap<string, Declaration>,
  numberOf: (of: Declaration | Local) => string,
): string {
  const out: string[] = []
  const scopes: { names: Map<string, Local>; header: boolean }[] = [{ names: new Map(), header: false }]
  const find = (name: string): Declaration | Local | undefined => scopes.findLast(({ names }) => names.has(name))?.names.get(name) ?? declarations.get(name)
  /** Through pointers and aliases. */
  const bare = (type: Type | null): Type | null => {
    if (type?.name === 'ptr') return bare(type.args[1]!)
    const alias = type && declarations.get(type.name)
    return alias?.kind === 'alias' ? bare(alias.type) : type
  }
  const inBody = kind === 'fn'
  let value: Type | null = null // of the expression that ends here, if it is one that can be a struct
  const open: { type: Type | null | 'group' }[] = []
  let pending: { readonly name: string; readonly local: Local } | null = null

  for (let at = begin; at < end; at++) {
    const token = tokens[at]!
    const before = tokens[at - 1]
    if (token === '@') {
      const after = tokens[at + 1] === 'builtin' ? closing(tokens, at + 2) : at + 2
      out.push(...tokens.slice(at, after))
      at = after - 1
    } else if (before === 'var' && token === '<') {
      const after = tokens.indexOf('>', at) + 1
      out.push(...tokens.slice(at, after))
      at = after - 1
    } else if (isName(token) && before === '.') {
      const type = bare(value)
      const member = type && declarations.get(type.name)?.members.get(token)
      if (!member && !/^([xyzw]{1,4}|[rgba]{1,4})$/.test(token)) throw new Error(`the member ${token} is of a value whose type is not known`)
      out.push(member ? `#${member.index}` : token)
      value = member ? member.type : null
    } else if (isName(token) && kind === 'struct' && tokens[at + 1] === ':') {
      out.push(`#${declarations.get(tokens[tokens.indexOf('{', begin) - 1]!)!.members.get(token)!.index}`)
    } else if (
      isName(token) &&
      inBody &&
      (['let', 'const', 'var'].includes(before!) || (tokens[at + 1] === ':' && scopes.length === 1 && token !== 'default'))
    ) {
      const type = tokens[at + 1] === ':' ? typeAt(tokens, at + 2)[0] : null
      const local = { type }
      out.push(numberOf(local))
      // A parameter is there at once, a variable after its statement.
      if (scopes.length === 1) scopes[0]!.names.set(token, local)
      else pending = { name: token, local }
      value = null
    } else if (isName(token)) {
      const found = find(token)
      out.push(found ? numberOf(found) : token)
      if (token === 'for') scopes.push({ names: new Map(), header: true })
      value = found && 'kind' in found && found.kind === 'struct' ? { name: token, args: [] } : (found?.type ?? null)
    } else {
      out.push(token)
      if (token === '(') open.push({ type: isName(before) && !['if', 'for', 'while', 'switch', 'return'].includes(before) ? value : 'group' })
      else if (token === '[') open.push({ type: bare(value)?.args[0] ?? null })
      else if (token === ')' || token === ']') {
        const { type } = open.pop()!
        if (type !== 'group') value = type
      } else if (token === ';' && pending) {
        pending.local.type ??= value
        scopes.at(-1)!.names.set(pending.name, pending.local)
        pending = null
      } else if (token === '{') scopes.push({ names: new Map(), header: false })
      else if (token === '}') {
        scopes.pop()
        while (scopes.at(-1)?.header) scopes.pop()
      }
      if (!')].'.includes(token)) value = null
    }
  }
  return out.join(' ')
}
