/** The demonstration: a tagger of Java source on every kernel, what it says in colour, and how fast it was. */
package dev.gru.bench.demo;
