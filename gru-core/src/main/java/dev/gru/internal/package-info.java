/** What the JVM and terminals leave to be seen to; it knows no other package of the project. Not API. */
package dev.gru.internal;
