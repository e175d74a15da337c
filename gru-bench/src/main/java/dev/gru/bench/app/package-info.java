/**
 * The command line: {@link dev.gru.bench.app.GruCommand} is where it starts, and every other class is one of its commands, or
 * options that several of them share.
 */
package dev.gru.bench.app;
