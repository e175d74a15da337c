package dev.gru.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The choice that a JVM makes once. Each test sees it made anew: it loads the library again, beside the copy that the
 * other tests use.
 */
class KernelSelectionAtStartTest {
    private static final String NOTHING_FOUND = "WARNING GRU kernel: portable, because no other kernel"
            + " was found; put dev.gru:gru-simd beside gru-core and start java with --add-modules jdk.incubator.vector";

    /** Kept here: the log manager alone would let it go, and the handler with it. */
    private final Logger logger = Logger.getLogger("dev.gru");
    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {
        }

        @Override
        public void close() {
        }
    };
    private String forcedBefore;

    @BeforeEach
    void listen() {
        forcedBefore = System.getProperty(KernelSelection.PROPERTY);
        System.clearProperty(KernelSelection.PROPERTY);
        logger.setLevel(Level.ALL);
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
        if (forcedBefore == null) {
            System.clearProperty(KernelSelection.PROPERTY);
        } else {
            System.setProperty(KernelSelection.PROPERTY, forcedBefore);
        }
    }

    /**
     * {@link KernelSelection#best} of a second copy of the library, and of nothing else but what {@code more} holds.
     */
    private static final class Fresh implements AutoCloseable {
        private final URLClassLoader loader;
        private final Method best;

        Fresh(URL... more) throws ReflectiveOperationException {
            URL[] urls = new URL[more.length + 1];
            urls[0] = KernelSelection.class.getProtectionDomain().getCodeSource().getLocation();
            System.arraycopy(more, 0, urls, 1, more.length);
            loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
            Class<?> selection = loader.loadClass(KernelSelection.class.getName());
            assertNotSame(KernelSelection.class, selection);
            best = selection.getMethod("best");
        }

        Object best() throws ReflectiveOperationException {
            return best.invoke(null);
        }

        @Override
        public void close() throws IOException {
            loader.close();
        }
    }

    @Test
    void theCoreAloneTakesThePortableKernelAndSaysSoOnce() throws Exception {
        try (Fresh library = new Fresh()) {
            Object first = library.best();
            assertEquals(PortableGruKernel.class.getName(), first.getClass().getName());
            assertSame(first, library.best());
            assertEquals(List.of(NOTHING_FOUND), lines);
        }
    }

    @Test
    void thePropertyForcesAKernelAndTheLineSaysIt() throws Exception {
        System.setProperty("dev.gru.kernel", "scalar");
        try (Fresh library = new Fresh()) {
            assertEquals(ScalarGruKernel.class.getName(), library.best().getClass().getName());
            assertEquals(List.of("INFO GRU kernel: scalar, as the system property dev.gru.kernel asks"), lines);
        }
    }

    @Test
    void aPropertyThatCannotBeHonouredFailsInTheSameWordsAtEveryCall() throws Exception {
        System.setProperty("dev.gru.kernel", "simd");
        try (Fresh library = new Fresh()) {
            for (int call = 0; call < 2; call++) {
                Throwable cause = assertThrows(InvocationTargetException.class, library::best).getCause();
                assertInstanceOf(IllegalStateException.class, cause);
                assertEquals("there is no GRU kernel \"simd\"; there are portable, scalar", cause.getMessage());
            }
            assertEquals(List.of(), lines);
        }
    }

    @Test
    void aProviderThatIsNamedButMissingIsLoggedAndPassedOver(@TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(GruKernelProvider.class.getName()), "dev.gru.NoSuchProvider\n");
        try (Fresh library = new Fresh(folder.toUri().toURL())) {
            assertEquals(PortableGruKernel.class.getName(), library.best().getClass().getName());
            assertEquals(List.of("WARNING a GRU kernel did not load", NOTHING_FOUND), lines);
        }
    }
}
