/** Java source: finding files, their tokens, and the class of each token by javac's own parse tree. */
package dev.gru.bench.javasource;
