/**
 * The same GRU layer on this library and on what people would otherwise use, behind one interface, so that they are
 * measured alike and held to the same numbers.
 *
 * <p>What needs a library that the default build does not have is in a source folder of its own, which the Maven profile
 * {@code peers} adds; {@link java.util.ServiceLoader} finds it if it is there.
 */
package dev.gru.bench.peer;
