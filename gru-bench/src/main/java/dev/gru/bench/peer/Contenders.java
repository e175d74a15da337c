package dev.gru.bench.peer;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

import dev.gru.kernel.GruKernel;
import dev.gru.kernel.GruWeights;
import dev.gru.kernel.PackedGru;
import dev.gru.kernel.Precision;
import dev.gru.kernel.Workspace;

/** All contenders that are there. */
public final class Contenders {
    private Contenders() {
    }

    /** Returns this library's own and then those that {@link ServiceLoader} finds. */
    public static List<Contender> all() {
        List<Contender> all = new ArrayList<>(
                List.of(new Ours("gru", Precision.FP32), new Ours("gru bf16", Precision.BF16)));
        ServiceLoader.load(Contender.class).forEach(all::add);
        return List.copyOf(all);
    }

    private record Ours(String name, Precision precision) implements Contender {
        @Override
        public String version() {
            String version = Contenders.class.getPackage().getImplementationVersion();
            return "gru " + (version == null ? "(not from a jar)" : version);
        }

        @Override
        public boolean isOurs() {
            return true;
        }

        @Override
        public PreparedLayer prepare(GruWeights weights, int batch, int steps) {
            Arena arena = Arena.ofShared();
            PackedGru packed = GruKernel.named("simd").pack(weights, precision, arena);
            Workspace workspace = packed.newWorkspace(batch);
            float[] inputs = new float[batch * steps * packed.inputSize()];
            float[] state = new float[batch * packed.hiddenSize()];
            float[] outputs = new float[batch * steps * packed.hiddenSize()];
            boolean step = batch == 1 && steps == 1;
            return new PreparedLayer() {
                @Override
                public void set(float[] x, float[] h0) {
                    System.arraycopy(x, 0, inputs, 0, inputs.length);
                    System.arraycopy(h0, 0, state, 0, state.length);
                }

                @Override
                public void run() {
                    if (step) {
                        packed.forwardStep(inputs, state, workspace, state);
                    } else {
                        packed.forwardBatch(batch, steps, inputs, null, state, workspace, outputs);
                    }
                }

                @Override
                public void get(float[] y, float[] hn) {
                    System.arraycopy(step ? state : outputs, 0, y, 0, outputs.length);
                    System.arraycopy(state, 0, hn, 0, state.length);
                }

                @Override
                public void close() {
                    arena.close();
                }
            };
        }
    }
}
