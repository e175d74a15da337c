/**
 * What all formats have in common for their users: files appear whole or not at all
 * ({@link dev.gru.format.file.FileReplacement}), and what is wrong with one that is read is said by a
 * {@link dev.gru.format.file.ModelFormatException}.
 */
package dev.gru.format.file;
