/** JSON to and from plain values, and objects whose checks name the place in the file. Not API. */
package dev.gru.format.json;
