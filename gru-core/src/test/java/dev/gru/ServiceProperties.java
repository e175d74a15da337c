package dev.gru;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.function.Executable;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.Kernels;
import dev.gru.layer.Graph;
import dev.gru.layer.ModelInput;

/**
 * Random schedules of sessions, groups, snapshots and closes, against the plainest model of them: for each stream its
 * states, and one step of it after the other, layer by layer.
 */
class ServiceProperties {
    private static final int MODELS = 40;
    private static final int MOST = 3;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private static final Map<String, StepByStep> REFERENCES = new HashMap<>();

    @Provide
    Arbitrary<GruKernel> kernels() {
        return Arbitraries.of(Kernels.all().toList());
    }

    /** Each number is what one operation makes its choices from. */
    @Provide
    Arbitrary<List<Integer>> schedules() {
        return Arbitraries.integers().list().ofMaxSize(25);
    }

    @Property(tries = 10_000)
    void anyScheduleGivesTheBitsOfStreamsOneByOne(@ForAll("kernels") GruKernel kernel,
            @ForAll("models") int model, @ForAll("schedules") List<Integer> schedule) {
        Service service = new Service(RandomModel.forwardLayers(new Random(model)), kernel, model);
        // Seeds next to each other have alike first choices.
        schedule.forEach(choices -> service.operate(new Random(choices * SPREAD)));
        service.close();
    }

    @Provide
    Arbitrary<Integer> models() {
        return Arbitraries.integers().between(0, MODELS - 1);
    }

    /** A stream of a session, and where it should be. */
    private static final class Tracked {
        final GruSession session;
        List<float[]> states;

        Tracked(GruSession session, List<float[]> states) {
            this.session = session;
            this.states = states;
        }
    }

    private record TrackedGroup(GruGroup group, TreeMap<Integer, List<float[]>> streams) {
    }

    @SuppressWarnings("ArrayRecordComponent") // identity does not matter
    private record Kept(byte[] snapshot, List<float[]> states) {
    }

    private static final class Service {
        private final Graph layers;
        private final ModelOptions options;
        private final StepByStep reference;
        private final List<float[]> zeros;
        private final int outputSize;
        private GruModel model;
        private final List<Tracked> sessions = new ArrayList<>();
        private final List<TrackedGroup> groups = new ArrayList<>();
        private final List<Kept> kept = new ArrayList<>();

        Service(Graph layers, GruKernel kernel, int number) {
            this.layers = layers;
            options = ModelOptions.defaults().withKernel(kernel.name());
            reference = REFERENCES.computeIfAbsent(kernel.name() + number, key -> new StepByStep(layers, kernel));
            zeros = layers.recurrentLayers().stream().map(layer -> new float[layer.stateSize()]).toList();
            outputSize = layers.outputSize();
            model = GruModel.of(layers, options);
        }

        void operate(Random random) {
            switch (random.nextInt(16)) {
                case 0 -> {
                    if (sessions.size() < MOST) {
                        sessions.add(new Tracked(model.newSession(), zeros));
                    }
                }
                case 1 -> {
                    if (groups.size() < MOST) {
                        groups.add(new TrackedGroup(model.newGroup(), new TreeMap<>()));
                    }
                }
                case 2 -> close();
                case 3, 4 -> addStreams(any(groups, random), random);
                case 5 -> removeStreams(any(groups, random), random);
                case 6, 7, 8 -> stepStreams(any(groups, random), random);
                case 9 -> moveStreams(any(groups, random), random);
                case 10 -> moveSession(any(sessions, random), random);
                case 11 -> refuse(random);
                default -> advance(any(sessions, random), random);
            }
        }

        /** One of a list, or null if there is none. */
        private static <T> T any(List<T> list, Random random) {
            return list.isEmpty() ? null : list.get(random.nextInt(list.size()));
        }

        /** Inputs of some steps, as the model takes them, in an array of floats or ints. */
        private Object inputs(int steps, Random random) {
            ModelInput input = steps == 0 ? null : RandomModel.plainInput(layers, 1, steps, random);
            if (layers.embedding().isPresent()) {
                return input == null ? new int[0] : input.tokens();
            }
            return input == null ? new float[0] : input.features();
        }

        private float[] referenceStep(Object inputs, int step) {
            return inputs instanceof int[] tokens
                    ? reference.step(tokens[step])
                    : reference.step(Arrays.copyOfRange((float[]) inputs, step * layers.inputSize(),
                            (step + 1) * layers.inputSize()));
        }

        private void advance(Tracked tracked, Random random) {
            if (tracked == null) {
                return;
            }
            int steps = random.nextInt(3) == 0 ? random.nextInt(70) : 1 + random.nextInt(2);
            Object inputs = inputs(steps, random);
            boolean every = layers.returnsSequences();
            float[] expected = new float[(every ? steps : 1) * outputSize];
            reference.setStates(tracked.states);
            for (int t = 0; t < steps; t++) {
                System.arraycopy(referenceStep(inputs, t), 0, expected, every ? t * outputSize : 0, outputSize);
            }
            tracked.states = reference.states();
            float[] y = new float[expected.length];
            run(tracked.session, steps, inputs, y, random);
            assertArrayEquals(expected, y);
        }

        private void run(GruSession session, int steps, Object inputs, float[] y, Random random) {
            int way = random.nextInt(3);
            if (way == 0) {
                MemorySegment out = MemorySegment.ofArray(y);
                MemorySegment in = inputs instanceof int[] tokens
                        ? MemorySegment.ofArray(tokens)
                        : MemorySegment.ofArray((float[]) inputs);
                if (steps == 1 && random.nextBoolean()) {
                    session.step(in, out);
                } else {
                    session.sequence(steps, in, out);
                }
                return;
            }
            int shift = random.nextInt(3);
            float[] out = new float[y.length + shift];
            if (inputs instanceof int[] tokens) {
                int[] in = new int[tokens.length + shift];
                System.arraycopy(tokens, 0, in, shift, tokens.length);
                if (steps == 1 && way == 1) {
                    session.step(tokens[0], out, shift);
                } else {
                    session.sequence(steps, in, shift, out, shift);
                }
            } else {
                float[] x = (float[]) inputs;
                float[] in = new float[x.length + shift];
                System.arraycopy(x, 0, in, shift, x.length);
                if (steps == 1 && way == 1) {
                    session.step(in, shift, out, shift);
                } else {
                    session.sequence(steps, in, shift, out, shift);
                }
            }
            System.arraycopy(out, shift, y, 0, y.length);
        }

        private void moveSession(Tracked tracked, Random random) {
            if (tracked == null) {
                return;
            }
            Kept from = any(kept, random);
            switch (random.nextInt(from == null ? 2 : 4)) {
                case 0 -> {
                    tracked.session.reset();
                    tracked.states = zeros;
                }
                case 1 -> kept.add(new Kept(tracked.session.snapshot(), tracked.states));
                default -> {
                    tracked.session.restore(from.snapshot());
                    tracked.states = from.states();
                }
            }
        }

        private void addStreams(TrackedGroup tracked, Random random) {
            if (tracked == null || tracked.streams().size() > 100) {
                return;
            }
            int count = random.nextInt(8) == 0 ? 64 : 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                int lowest = 0;
                while (tracked.streams().containsKey(lowest)) {
                    lowest++;
                }
                assertEquals(lowest, tracked.group().add());
                tracked.streams().put(lowest, zeros);
            }
            assertEquals(tracked.streams().size(), tracked.group().size());
        }

        private void removeStreams(TrackedGroup tracked, Random random) {
            if (tracked == null) {
                return;
            }
            for (int stream : some(tracked, random)) {
                if (random.nextInt(4) == 0) {
                    tracked.group().remove(stream);
                    tracked.streams().remove(stream);
                }
            }
        }

        /** All streams in their order, or some in any. */
        private static int[] some(TrackedGroup tracked, Random random) {
            List<Integer> streams = new ArrayList<>(tracked.streams().keySet());
            if (random.nextBoolean()) {
                Collections.shuffle(streams, random);
                streams = streams.subList(0, random.nextInt(streams.size() + 1));
            }
            return streams.stream().mapToInt(Integer::intValue).toArray();
        }

        private void stepStreams(TrackedGroup tracked, Random random) {
            if (tracked == null) {
                return;
            }
            int[] streams = some(tracked, random);
            Object inputs = inputs(streams.length, random);
            float[] expected = new float[streams.length * outputSize];
            for (int i = 0; i < streams.length; i++) {
                reference.setStates(tracked.streams().get(streams[i]));
                System.arraycopy(referenceStep(inputs, i), 0, expected, i * outputSize, outputSize);
                tracked.streams().put(streams[i], reference.states());
            }
            float[] y = new float[expected.length];
            step(tracked.group(), streams, inputs, y);
            assertArrayEquals(expected, y);
        }

        private static void step(GruGroup group, int[] streams, Object inputs, float[] y) {
            if (inputs instanceof int[] tokens) {
                group.step(streams.length, streams, tokens, y);
            } else {
                group.step(streams.length, streams, (float[]) inputs, y);
            }
        }

        private void moveStreams(TrackedGroup tracked, Random random) {
            if (tracked == null) {
                return;
            }
            for (int stream : some(tracked, random)) {
                Kept from = any(kept, random);
                switch (random.nextInt(from == null ? 3 : 6)) {
                    case 0 -> {
                        tracked.group().reset(stream);
                        tracked.streams().put(stream, zeros);
                    }
                    case 1 -> {
                        ByteBuffer buffer = ByteBuffer.allocate(model.snapshotSize());
                        tracked.group().snapshot(stream, buffer);
                        kept.add(new Kept(buffer.array(), tracked.streams().get(stream)));
                    }
                    case 3 -> {
                        tracked.group().restore(stream, ByteBuffer.wrap(from.snapshot()));
                        tracked.streams().put(stream, from.states());
                    }
                    default -> {
                    }
                }
            }
        }

        /** Calls that do not fit: the calls after them show that nothing has changed. */
        private void refuse(Random random) {
            Tracked session = any(sessions, random);
            TrackedGroup group = any(groups, random);
            Kept snapshot = any(kept, random);
            byte[] damaged = snapshot == null ? new byte[9] : snapshot.snapshot().clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            List<Executable> calls = new ArrayList<>();
            if (session != null) {
                calls.add(() -> session.session.restore(damaged));
                calls.add(() -> run(session.session, 1, inputs(1, random), new float[outputSize - 1], random));
            }
            if (group != null) {
                int free = group.streams().isEmpty() ? 0 : group.streams().lastKey() + 1;
                IntStream good = group.streams().keySet().stream().mapToInt(Integer::intValue);
                int[] streams = IntStream.concat(good, IntStream.of(random.nextBoolean() ? free : -free)).toArray();
                if (streams.length > 1 && random.nextBoolean()) {
                    streams[streams.length - 1] = streams[0];
                }
                calls.add(() -> step(group.group(), streams, inputs(streams.length, random),
                        new float[streams.length * outputSize]));
                calls.add(() -> group.group().restore(free, damaged));
            }
            for (Executable call : calls) {
                if (random.nextBoolean()) {
                    assertThrows(IllegalArgumentException.class, call);
                }
            }
        }

        /** Closes the model, of which no call goes through from now on, and begins another, as after a restart. */
        void close() {
            model.close();
            assertEquals(0, model.nativeBytes());
            Random random = new Random(1);
            List<Executable> calls = new ArrayList<>();
            for (Tracked tracked : sessions) {
                calls.add(() -> run(tracked.session, 1, inputs(1, random), new float[outputSize], random));
                calls.add(tracked.session::reset);
                calls.add(tracked.session::snapshot);
                calls.add(() -> tracked.session.restore(new byte[0]));
            }
            for (TrackedGroup tracked : groups) {
                calls.add(() -> step(tracked.group(), new int[0], inputs(0, random), new float[0]));
                calls.add(tracked.group()::add);
                calls.add(() -> tracked.group().reset(0));
                calls.add(() -> tracked.group().remove(0));
                calls.add(() -> tracked.group().snapshot(0));
                calls.add(() -> tracked.group().restore(0, new byte[0]));
            }
            for (Executable call : calls) {
                String message = assertThrows(IllegalStateException.class, call).getMessage();
                assertEquals("the model is closed", message);
            }
            sessions.clear();
            groups.clear();
            model = GruModel.of(layers, options);
            assertTrue(kept.stream().allMatch(snapshot -> snapshot.snapshot().length == model.snapshotSize()));
        }
    }
}
