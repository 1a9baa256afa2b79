#!/usr/bin/env node
/**
 * Where the process begins. Loading the program takes some tenths of a second, and signals come already: a
 * SIGHUP that means a reload must not end a daemon that has only just been started.
 */
import './hangup.ts';

await import('./program.ts');
