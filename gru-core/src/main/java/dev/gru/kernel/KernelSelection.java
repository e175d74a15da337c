package dev.gru.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The choice among kernels: the first provider that has no obstacle, else the scalar reference.
 *
 * @param kernel what was chosen
 * @param reason why, for the log: what was chosen and what would change it
 * @param level the level that {@code reason} deserves
 */
record KernelSelection(GruKernel kernel, String reason, System.Logger.Level level) {

    /** The system property that forces a kernel by its name. */
    static final String PROPERTY = "dev.gru.kernel";

    private static final GruKernel SCALAR = new ScalarGruKernel();

    /** Providers that may fail to load, one after the other, before the rest is given up. */
    private static final int MAX_FAILURES = 16;

    /** The choice of this JVM. Not made by a static initialiser, where a failure would come as an error without words. */
    private static GruKernel chosen;

    /** Makes the choice at the first call, and logs it. */
    static synchronized GruKernel best() {
        if (chosen == null) {
            chosen = chooseAndLog();
        }
        return chosen;
    }

    static GruKernel named(String name) {
        return named(name, providers());
    }

    private static GruKernel chooseAndLog() {
        KernelSelection selection = choose(System.getProperty(PROPERTY), providers());
        System.getLogger("dev.gru").log(selection.level(), selection.reason());
        return selection.kernel();
    }

    static KernelSelection choose(String forced, List<GruKernelProvider> providers) {
        if (forced != null) {
            return new KernelSelection(named(forced, providers),
                    "GRU kernel: " + forced + ", as the system property " + PROPERTY + " asks",
                    System.Logger.Level.INFO);
        }
        List<String> obstacles = new ArrayList<>();
        for (GruKernelProvider provider : providers) {
            Optional<String> obstacle = provider.obstacle();
            if (obstacle.isEmpty()) {
                return new KernelSelection(provider.kernel(), "GRU kernel: " + provider.name() + ", "
                        + provider.description() + " (-D" + PROPERTY + "=scalar would change it)",
                        System.Logger.Level.INFO);
            }
            obstacles.add(provider.name() + " cannot run: " + obstacle.get());
        }
        String why = providers.isEmpty()
                ? "no other kernel was found; put dev.gru:gru-simd beside gru-core and start java with"
                        + " --add-modules jdk.incubator.vector"
                : String.join("; ", obstacles);
        return new KernelSelection(SCALAR, "GRU kernel: scalar, the slow reference, because " + why,
                System.Logger.Level.WARNING);
    }

    static GruKernel named(String name, List<GruKernelProvider> providers) {
        if (name.equals(SCALAR.name())) {
            return SCALAR;
        }
        Optional<GruKernelProvider> found = providers.stream().filter(provider -> provider.name().equals(name))
                .findFirst();
        if (found.isEmpty()) {
            throw new IllegalStateException("there is no GRU kernel \"" + name + "\"; there are "
                    + Stream.concat(Stream.of(SCALAR.name()), providers.stream().map(GruKernelProvider::name))
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
