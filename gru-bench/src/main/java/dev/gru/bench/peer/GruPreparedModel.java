package dev.gru.bench.peer;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.gru.GruModel;
import dev.gru.GruSession;
import dev.gru.layer.ModelInput;
import dev.gru.layer.ModelOutput;
import dev.gru.layer.Signature.Port;
import dev.gru.layer.Tensor;

/**
 * A model of this library: one stream in a session, which continues from run to run, several through {@code run}, each
 * time from zero states.
 */
final class GruPreparedModel implements PreparedModel {
    private final GruModel model;
    private final ModelInput input;
    private final GruSession session;
    private final float[] y;
    private ModelOutput last;
    /** The arrays by name of a model with several outputs, all of which are wanted; otherwise null. */
    private final Map<String, Tensor> in;
    private final Map<String, Tensor> out;

    GruPreparedModel(GruModel model, ModelInput input) {
        this.model = model;
        this.input = input;
        session = input.batch() == 1 ? model.newSession() : null;
        int steps = model.returnsSequences() ? input.steps() : 1;
        y = new float[steps * model.outputSize()];
        boolean named = session != null && model.layers().outputs().size() > 1;
        in = named
                ? Map.of(model.layers().signature().inputs().getFirst().name(),
                        Tensor.of(input.features(), 1, input.steps(), model.inputSize()))
                : null;
        out = named ? new LinkedHashMap<>() : null;
        if (named) {
            for (Port port : model.layers().signature().outputs()) {
                int size = model.layers().shape(model.layers().outputs().get(port.index())).features();
                out.put(port.name(), Tensor.of(new float[steps * size], 1, steps, size));
            }
        }
    }

    @Override
    public void run() {
        if (session == null) {
            last = model.run(input);
        } else if (in != null) {
            session.run(input.steps(), in, out);
        } else if (input.tokens() != null) {
            if (input.steps() == 1) {
                session.step(input.tokens()[0], y);
            } else {
                session.sequence(input.steps(), input.tokens(), y);
            }
        } else if (input.steps() == 1) {
            session.step(input.features(), y);
        } else {
            session.sequence(input.steps(), input.features(), y);
        }
    }

    @Override
    public float[] output() {
        if (session != null) {
            session.reset();
        }
        run();
        if (session == null) {
            return last.y();
        }
        return out == null ? y : out.values().iterator().next().floats();
    }

    @Override
    public void close() {
        model.close();
    }
}
