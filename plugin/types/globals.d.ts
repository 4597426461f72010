/** UXP's own require: photoshop, uxp, fs, os, path, process and nothing else. */
declare function require(name: string): unknown
