/** Standard output and terminals: whether somebody is watching, colours, and text that can do no harm there. */
package dev.gru.bench.terminal;
