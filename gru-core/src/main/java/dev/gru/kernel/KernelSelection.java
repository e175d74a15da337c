package dev.gru.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.gru.kernel.math.FusedMultiplyAdd;

/**
 * The choice among kernels: the first provider that has no obstacle, else the portable kernel, else, where even that
 * would be slow, the scalar reference. Safe for use by any number of threads.
 */
public final class KernelSelection {
    /** The system property that forces a kernel by its name. */
    public static final String PROPERTY = "dev.gru.kernel";

    private static final GruKernel PORTABLE = new PortableGruKernel();
    private static final GruKernel SCALAR = new ScalarGruKernel();

    /** The kernels that are always there, and can always be asked for. */
    private static final List<GruKernel> OWN = List.of(PORTABLE, SCALAR);

    /** Providers that may fail to load, one after the other, before the rest is not tried any more. */
    private static final int MAX_FAILURES = 16;

    /** The choice of this JVM. Not made by a static initialiser, whose failures come as errors without a message. */
    private static Choice chosen;

    private KernelSelection() {
    }

    /**
     * A kernel that was chosen.
     *
     * @param kernel the kernel
     * @param reason the line for the log: what was chosen, why, and what would change it
     * @param level the level at which the line is logged
     */
    record Choice(GruKernel kernel, String reason, System.Logger.Level level) {
    }

    /**
     * Returns the best kernel that this JVM can run. It is chosen once, at the first call, with one log line that says
     * what was chosen and why. The system property {@value #PROPERTY} names another.
     *
     * @throws IllegalStateException if the system property asks for a kernel that cannot run here
     */
    public static GruKernel best() {
        return chosen().kernel();
    }

    /**
     * Returns the line that was logged when the {@link #best} kernel was chosen, which is now if it was not before.
     *
     * @throws IllegalStateException as for {@link #best}
     */
    public static String reason() {
        return chosen().reason();
    }

    private static synchronized Choice chosen() {
        if (chosen == null) {
            chosen = chooseAndLog();
        }
        return chosen;
    }

    /**
     * Returns the kernel of the given name.
     *
     * @param name {@code portable} or {@code scalar}, which are always there, or the name of a kernel found on the
     *     class path or module path, such as {@code simd}
     * @throws IllegalStateException if there is no such kernel or it cannot run here; the message says why
     */
    public static GruKernel named(String name) {
        return named(Objects.requireNonNull(name, "name"), providers());
    }

    private static Choice chooseAndLog() {
        Choice choice = choose(System.getProperty(PROPERTY), providers(),
                FusedMultiplyAdd.obstacle());
        System.getLogger("dev.gru").log(choice.level(), choice.reason());
        return choice;
    }

    /**
     * Makes a choice.
     *
     * @param forced the name of the kernel that is to be chosen, or null
     * @param providers in the order in which they are asked
     * @param portableObstacle the reason why the portable kernel would be slow here, if there is one
     */
    static Choice choose(String forced, List<GruKernelProvider> providers,
            Optional<String> portableObstacle) {
        if (forced != null) {
            return new Choice(named(forced, providers),
                    "GRU kernel: " + forced + ", as the system property " + PROPERTY + " asks",
                    System.Logger.Level.INFO);
        }
        List<String> obstacles = new ArrayList<>();
        for (GruKernelProvider provider : providers) {
            Optional<String> obstacle = provider.obstacle();
            if (obstacle.isEmpty()) {
                return new Choice(provider.kernel(), "GRU kernel: " + provider.name() + ", "
                        + provider.description() + " (-D" + PROPERTY + "=" + PORTABLE.name() + " would change it)",
                        System.Logger.Level.INFO);
            }
            obstacles.add(provider.name() + " cannot run: " + obstacle.get());
        }
        if (providers.isEmpty()) {
            obstacles.add("no other kernel was found; put dev.gru:gru-simd beside gru-core and start java with"
                    + " --add-modules jdk.incubator.vector");
        }
        if (portableObstacle.isEmpty()) {
            return fallback(PORTABLE, "", obstacles);
        }
        obstacles.add(PORTABLE.name() + " would be slower still: " + portableObstacle.get());
        return fallback(SCALAR, ", the slow reference", obstacles);
    }

    private static Choice fallback(GruKernel kernel, String remark, List<String> obstacles) {
        return new Choice(kernel,
                "GRU kernel: " + kernel.name() + remark + ", because " + String.join("; ", obstacles),
                System.Logger.Level.WARNING);
    }

    static GruKernel named(String name, List<GruKernelProvider> providers) {
        for (GruKernel own : OWN) {
            if (name.equals(own.name())) {
                return own;
            }
        }
        Optional<GruKernelProvider> found = providers.stream().filter(provider -> provider.name().equals(name))
                .findFirst();
        if (found.isEmpty()) {
            throw new IllegalStateException("there is no GRU kernel \"" + name + "\"; there are "
                    + Stream.concat(OWN.stream().map(GruKernel::name), providers.stream().map(GruKernelProvider::name))
                            .collect(Collectors.joining(", ")));
        }
        Optional<String> obstacle = found.get().obstacle();
        if (obstacle.isPresent()) {
            throw new IllegalStateException("the GRU kernel \"" + name + "\" cannot run: " + obstacle.get());
        }
        return found.get().kernel();
    }

    /** The providers that load. One that does not is logged and passed over: the rest must still work. */
    private static List<GruKernelProvider> providers() {
        List<GruKernelProvider> providers = new ArrayList<>();
        var loader = ServiceLoader.load(GruKernelProvider.class, GruKernelProvider.class.getClassLoader());
        var candidates = loader.stream().iterator();
        for (int failures = 0; failures < MAX_FAILURES;) {
            try {
                // A class that is not there fails in hasNext already.
                if (!candidates.hasNext()) {
                    break;
                }
                providers.add(candidates.next().get());
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                System.getLogger("dev.gru").log(System.Logger.Level.WARNING, "a GRU kernel did not load", e);
            }
        }
        return providers;
    }
}
