/**
 * The execution of commands: checks of arguments and files before any work, exit statuses, messages for failures, and
 * an orderly end when the program is interrupted. It knows none of the commands.
 */
package dev.gru.bench.execution;
