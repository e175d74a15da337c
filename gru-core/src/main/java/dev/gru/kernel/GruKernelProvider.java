package dev.gru.kernel;

import java.util.Optional;

/**
 * Brings a kernel into the choice; found with {@link java.util.ServiceLoader}.
 *
 * <p>The provider class must load in every JVM, also where its kernel could not: it refers to the kernel only from
 * {@link #kernel}.
 */
public interface GruKernelProvider {

    /** Returns the name of the kernel. */
    String name();

    /**
     * Returns why the kernel cannot run, or cannot run well, in this JVM and what would change that, as a phrase that
     * can stand after a colon; or empty if it can run.
     */
    Optional<String> obstacle();

    /** Returns what the kernel found to work with, such as its vector length. Called only if there is no obstacle. */
    String description();

    /** Returns the kernel. Called only if there is no obstacle. */
    GruKernel kernel();
}
