/** The demonstration: a tagger of Java source on every kernel, its labels in colour, its accuracy and speed. */
package dev.gru.bench.demo;
