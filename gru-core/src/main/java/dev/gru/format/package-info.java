/**
 * The files in which models and arrays come and go. {@link dev.gru.format.ModelReader} reads models of every format;
 * {@link dev.gru.format.ModelFile} writes the library's own. Each reader reads all of a file or fails with a
 * {@link dev.gru.format.ModelFormatException}; what is not supported is refused by name.
 */
package dev.gru.format;
