/**
 * How a command runs and ends: checks of arguments and files before any work, exit statuses, what is said of a failure, and
 * an orderly end when the program is interrupted. It knows none of the commands.
 */
package dev.gru.bench.execution;
