/** What the JVM leaves to be seen to; it knows no other package of the project. */
package dev.gru.internal;
