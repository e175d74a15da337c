/** The time from the start of a JVM to the first result of a model and to its steady speed. */
package dev.gru.bench.coldstart;
