import type * as z from 'zod'

/** What is wrong with a value and what to do about it, for a person who does not know what a schema is. */
export function faultInWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum))
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum))
    case 'not_multiple_of':
      return `it has to be a multiple of ${issue.divisor}.`
    case 'invalid_value':
      return `it has to be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`
    case 'unrecognized_keys':
      return `${issue.keys.map((key) => `"${key}"`).join(' and ')} means nothing here; leave it out.`
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return 'it is missing; give one.'
      return issue.expected === 'int' ? 'it has to be a whole number.' : `it has to be of the kind "${issue.expected}".`
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
      return `${issue.message.replace(/\.$/, '')}.`
  }
}

function tooBig(origin: string, most: number): string {
  switch (origin) {
    case 'string':
      return `it is longer than ${most} letters; make it shorter.`
    case 'array':
      return `there are more than ${most}; leave some out.`
    default:
      return `it can be ${most} at most; give less.`
  }
}

function tooSmall(origin: string, least: number): string {
  switch (origin) {
    case 'string':
      return 'it is empty; give one.'
    case 'array':
      return `there are fewer than ${least}; give more.`
    default:
      return `it has to be ${least} at least; give more.`
  }
}
