/**
 * Standard output and terminals: colours, and text that is safe to print.
 *
 * <p>Which characters are safe is defined once, for the messages of the library and of the command line alike: by
 * {@code dev.gru.internal.Printable} of {@code gru-core}. It is the only class of that hidden package that
 * {@code gru-bench} uses.
 */
package dev.gru.bench.terminal;
