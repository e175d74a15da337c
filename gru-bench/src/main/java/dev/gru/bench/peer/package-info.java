/**
 * The same GRU layer on this library and on others, behind one interface, so that all are measured alike and their
 * outputs are compared.
 *
 * <p>The contenders that need other libraries are in a source folder of their own, which the Maven profile
 * {@code peers} adds; {@link java.util.ServiceLoader} finds them if they are in the build.
 */
package dev.gru.bench.peer;
