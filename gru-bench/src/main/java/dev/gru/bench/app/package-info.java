/** The command line. */
package dev.gru.bench.app;
