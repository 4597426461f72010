import { english } from './english.ts'

/** What the panel says in one language: a language that lacks a word, or takes other arguments, does not compile. */
export type Words = typeof english

/** The words the panel shows; another language is another value of this type. */
export const words: Words = english
