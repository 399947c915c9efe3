/** The little of Trusted Types that the page uses; not every browser has it. */
declare var trustedTypes: { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } } | undefined
