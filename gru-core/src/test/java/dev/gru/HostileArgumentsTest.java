package dev.gru;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.gru.internal.Shapes;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.ModelInput;
import dev.gru.layer.Sequential;
import dev.gru.layer.Tensor;
import dev.gru.train.BatchTrainer;
import dev.gru.train.Loss;
import dev.gru.train.Trainer;
import dev.gru.train.TrainingOptions;
import dev.gru.weights.Activation;

/**
 * Every public constructor and method of every exported package but {@code dev.gru.format}, called with values that nobody
 * should pass, alone and together: what comes out is a result, or an exception that says which argument is wrong. What is
 * new is found by reflection; {@link HostileValues} has to know its types.
 */
@Timeout(300)
class HostileArgumentsTest {
    private static final Set<String> PACKAGES = Set.of("dev.gru", "dev.gru.kernel", "dev.gru.layer", "dev.gru.train");
    /** The checks themselves. */
    private static final Set<Class<?>> UNCHECKED = Set.of(Shapes.class);
    /** They say that a loss that is not finite is an {@link ArithmeticException}. */
    private static final Set<Class<?>> DIVERGING = Set.of(BatchTrainer.class, Trainer.class);
    /** All combinations of values are tried, if there are no more than these; otherwise so many of them. */
    private static final int MAX_CALLS = 800;

    @TempDir
    Path folder;

    private static List<Class<?>> publicClasses() throws IOException, URISyntaxException {
        Path root = Path.of(GruModel.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(root::relativize).map(Path::toString).filter(name -> name.endsWith(".class"))
                    .map(name -> name.substring(0, name.length() - ".class".length()).replace('/', '.')
                            .replace('\\', '.'))
                    .filter(name -> PACKAGES.contains(name.substring(0, Math.max(0, name.lastIndexOf('.')))))
                    .<Class<?>>map(HostileArgumentsTest::load).filter(HostileArgumentsTest::isPublic)
                    .filter(type -> UNCHECKED.stream().noneMatch(unchecked -> unchecked.isAssignableFrom(type)
                            || unchecked == type.getEnclosingClass()))
                    .sorted(Comparator.comparing(Class::getName)).collect(Collectors.toList());
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, GruModel.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    private static List<Executable> callable(Class<?> type) {
        Stream<Executable> constructors = Modifier.isAbstract(type.getModifiers())
                ? Stream.empty()
                : Arrays.stream(type.getConstructors());
        return Stream.concat(constructors, Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !method.getName().equals("equals"))
                .filter(method -> !(type.isEnum() && method.getName().equals("valueOf"))))
                .filter(executable -> executable.getParameterCount() > 0)
                // Only the library itself has arguments of hidden types.
                .filter(executable -> !executable.toGenericString().contains(Shapes.class.getPackageName()))
                .sorted(Comparator.comparing(Executable::toGenericString)).toList();
    }

    @TestFactory
    Stream<DynamicTest> calls() throws IOException, URISyntaxException {
        return publicClasses().stream().flatMap(type -> callable(type).stream()).map(executable -> DynamicTest
                .dynamicTest(executable.toGenericString(), () -> assertEquals(List.of(), faults(executable))));
    }

    /** What reflection is to find must be there. */
    @Test
    void classesAreFound() throws IOException, URISyntaxException {
        List<Class<?>> all = publicClasses();
        assertTrue(all.containsAll(List.of(GruModel.class, GruSession.class, ModelInput.class, Trainer.class)),
                all.toString());
    }

    private static void assertRefused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void sizesThatNoArrayHoldsAreRefusedBeforeMemoryIsTaken() {
        int huge = 1 << 30;
        assertRefused("recurrent weights of 1073741824 units would be 3 × 1073741824 × 1073741824 = 3458764513820540928"
                + " elements, and an array holds 2147483639",
                () -> Sequential.builder().input(1).gru(huge).returnSequences());
        assertRefused("recurrent weights of 40000 units would be 3 × 40000 × 40000 = 4800000000 elements, and an array"
                + " holds 2147483639", () -> Sequential.builder().input(1).bidirectional(40_000).returnSequences());
        assertRefused(
                "input weights of 64 units would be 3 × 64 × 1073741824 = 206158430208 elements, and an array holds"
                        + " 2147483639",
                () -> Sequential.builder().input(huge).gru(64).returnSequences());
        assertRefused(
                "weights of 64 units would be 64 × 1073741824 = 68719476736 elements, and an array holds 2147483639",
                () -> Sequential.builder().input(huge).dense(64, Activation.TANH));
        assertRefused("the table of an embedding would be 1073741824 × 64 = 68719476736 elements, and an array holds"
                + " 2147483639", () -> Sequential.builder().embedding(huge, 64).maskZero());
        assertRefused("values must have 1237940039285380274899124224 elements, as the shape [1073741824, 1073741824,"
                + " 1073741824] asks for, had 0", () -> Tensor.of(new float[0], huge, huge, huge));
        assertRefused("threads must be from 1 to 1024, was 1073741824",
                () -> ModelOptions.defaults().withThreads(huge));
        assertRefused("threads must be from 1 to 1024, was 1073741824",
                () -> TrainingOptions.builder(Loss.MEAN_SQUARED_ERROR).threads(huge));
        // As many as may be make no array too long either, wherever there are threads.
        assertEquals(ThreadTeam.MAX_SIZE, ModelOptions.defaults().withThreads(ThreadTeam.MAX_SIZE).threads());
    }

    /** Also where it is nearer to the end than a chunk is long. */
    @Test
    void chunksGoUpToTheLargestInt() {
        int from = Integer.MAX_VALUE - 70;
        List<Integer> ends = new ArrayList<>();
        while (from < Integer.MAX_VALUE) {
            from = Shapes.chunkEnd(from, 32, Integer.MAX_VALUE);
            ends.add(Integer.MAX_VALUE - from);
        }
        assertEquals(List.of(38, 6, 0), ends);
        assertEquals(3, Shapes.chunkEnd(0, Integer.MAX_VALUE, 3));
    }

    private List<String> faults(Executable executable) throws IOException {
        HostileValues values = new HostileValues(folder);
        List<List<Object>> all = new ArrayList<>();
        if (executable instanceof Method method && !Modifier.isStatic(method.getModifiers())) {
            all.add(values.instances(method.getDeclaringClass()));
        } else {
            all.add(Arrays.asList((Object) null));
        }
        for (Type type : executable.getGenericParameterTypes()) {
            all.add(values.of(type));
        }
        long combinations = all.stream().mapToLong(List::size).reduce(1, (a, b) -> Math.min(a * b, Integer.MAX_VALUE));
        Random random = new Random(executable.toString().hashCode());
        Set<String> faults = new TreeSet<>();
        for (int call = 0; call < Math.min(combinations, MAX_CALLS); call++) {
            long left = call;
            List<Object> chosen = new ArrayList<>();
            for (List<Object> choices : all) {
                int index = combinations <= MAX_CALLS ? (int) (left % choices.size()) : random.nextInt(choices.size());
                left /= choices.size();
                chosen.add(HostileValues.fresh(choices.get(index)));
            }
            try {
                call(executable, chosen.getFirst(), chosen.subList(1, chosen.size()).toArray());
            } catch (Throwable thrown) {
                if (!isDocumented(executable, thrown)) {
                    faults.add(thrown + " at " + thrown.getStackTrace()[0]);
                }
            }
        }
        return List.copyOf(faults);
    }

    private static void call(Executable executable, Object instance, Object[] arguments) throws Throwable {
        try {
            Object result = executable instanceof Constructor<?> constructor
                    ? constructor.newInstance(arguments)
                    : ((Method) executable).invoke(instance, arguments);
            if (result instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isDocumented(Executable executable, Throwable thrown) {
        String message = thrown.getMessage();
        if (message == null || message.isBlank() || message.lines().count() > 1) {
            return false;
        }
        return switch (thrown) {
            case NumberFormatException _ -> false;
            case NullPointerException _ -> message.matches("[a-zA-Z]\\w*(\\[\\d+])?");
            case IllegalArgumentException _,IllegalStateException _ -> true;
            case IOException _ -> List.of(executable.getExceptionTypes()).contains(IOException.class);
            case ArithmeticException _ -> DIVERGING.contains(executable.getDeclaringClass());
            default -> false;
        };
    }
}
