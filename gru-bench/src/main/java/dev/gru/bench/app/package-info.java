/**
 * The command line. {@link dev.gru.bench.app.GruCommand} is where it starts; every other class here serves one of its
 * subcommands.
 */
package dev.gru.bench.app;
