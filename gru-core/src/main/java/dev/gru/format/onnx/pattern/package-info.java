/**
 * Finds operators that exporters have taken apart into elementary ones, and puts them together again. Not API.
 */
package dev.gru.format.onnx.pattern;
