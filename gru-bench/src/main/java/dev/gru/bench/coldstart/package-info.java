/** How long it takes from the start of a JVM to the first result of a model, and to steady speed. */
package dev.gru.bench.coldstart;
