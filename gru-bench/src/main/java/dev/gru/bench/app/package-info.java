/**
 * The command line: {@link dev.gru.bench.app.GruCommand}, one class per command, and the options that several commands
 * share.
 */
package dev.gru.bench.app;
