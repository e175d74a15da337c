/**
 * What the readers of all formats share: the opened file, libraries that may be missing, the order of gates. Not API.
 */
package dev.gru.format.shared;
