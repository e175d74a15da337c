/**
 * Readers of the files in which models and arrays come. Each reads all of a file or fails with a
 * {@link dev.gru.format.ModelFormatException}; what is not supported is refused by name.
 */
package dev.gru.format;
