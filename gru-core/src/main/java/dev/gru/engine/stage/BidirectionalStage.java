package dev.gru.engine.stage;

import java.util.List;
import java.util.stream.Stream;

import dev.gru.kernel.PackedGru;
import dev.gru.kernel.ThreadTeam;
import dev.gru.layer.Bidirectional.MergeMode;
import dev.gru.layer.Bidirectional;
import dev.gru.layer.Embedding;
import dev.gru.layer.GruLayer.Direction;

/** Runs a {@link Bidirectional} layer, on whole sequences. */
final class BidirectionalStage extends Stage {
    private final Options options;
    private final int forwardUnits;
    private final int backwardUnits;
    private final GruStage forward;
    /** Its outputs are in the order in which it reads. */
    private final GruStage backward;
    private final ThreadTeam team;
    private final ThreadTeam.Task bothDirections;
    /** The rows of the current run, for the team. */
    private int rows;

    /** The options of the layer; its weights are in the packed layers. */
    record Options(MergeMode merge, boolean returnSequences) {
    }

    /** A packed layer. */
    record Packed(PackedGru forward, PackedGru backward, Options options) implements PackedLayer {
        @Override
        public Stage newStage(Value[] in, Value out, Room room) {
            return new BidirectionalStage(this, in, out, room);
        }

        @Override
        public boolean isBidirectional() {
            return true;
        }

        @Override
        public boolean readsTokens() {
            return forward.vocabularySize() > 0;
        }

        @Override
        public PackedLayer behind(Embedding embedding, GateTables tables) {
            return tables.take(embedding, forward, backward)
                    ? new Packed(tables.make(embedding, forward), tables.make(embedding, backward), options)
                    : this;
        }
    }

    private BidirectionalStage(Packed layer, Value[] in, Value out, Room room) {
        super(in[0], out);
        options = layer.options;
        forwardUnits = layer.forward.hiddenSize();
        backwardUnits = layer.backward.hiddenSize();
        // They may run at the same time, so each has outputs of its own, and neither has the team.
        forward = half(layer.forward, Direction.FORWARD, in, 1, room);
        backward = half(layer.backward, Direction.BACKWARD_AS_READ, in, 2, room);
        team = room.team();
        bothDirections = this::runDirection;
    }

    private GruStage half(PackedGru layer, Direction direction, Value[] in, int initial, Room room) {
        Value outputs = new Value(layer.hiddenSize(), out.maxSteps);
        outputs.data = room.newFeatures(outputs.maxSteps, outputs.size);
        return new GruStage(layer, new GruStage.Options(options.returnSequences, direction, false), in[0],
                initial < in.length ? in[initial] : null, outputs, room.withoutTeam());
    }

    @Override
    public List<StreamState> states() {
        return Stream.of(forward, backward).flatMap(half -> half.states().stream()).toList();
    }

    @Override
    public void run(int ofRows) {
        rows = ofRows;
        if (team == null || !team.tryRun(bothDirections)) {
            runDirection(0);
            runDirection(1);
        }
        int stepsOut = forward.out.steps;
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < stepsOut; t++) {
                merge(row * stepsOut + t, row * stepsOut + stepsOut - 1 - t);
            }
        }
        if (options.returnSequences && in.mask != null) {
            zero(out.data, rows * in.steps, in.mask, out.size);
        }
        out.steps = stepsOut;
    }

    /** Runs forward if {@code member} is 0, backward if it is 1; further members have nothing to do. */
    private void runDirection(int member) {
        if (member == 0) {
            forward.run(rows);
        } else if (member == 1) {
            backward.run(rows);
        }
    }

    /**
     * Merges the forward output at {@code step} with the backward output at another, and stores the result at
     * {@code step}.
     */
    private void merge(int step, int ofBackward) {
        float[] a = forward.out.data;
        float[] b = backward.out.data;
        float[] y = out.data;
        int i = step * forwardUnits;
        int j = ofBackward * backwardUnits;
        int to = step * out.size;
        switch (options.merge) {
            case CONCAT -> {
                System.arraycopy(a, i, y, to, forwardUnits);
                System.arraycopy(b, j, y, to + forwardUnits, backwardUnits);
            }
            case SUM -> {
                for (int u = 0; u < forwardUnits; u++) {
                    y[to + u] = a[i + u] + b[j + u];
                }
            }
            case MUL -> {
                for (int u = 0; u < forwardUnits; u++) {
                    y[to + u] = a[i + u] * b[j + u];
                }
            }
            case AVE -> {
                for (int u = 0; u < forwardUnits; u++) {
                    y[to + u] = (a[i + u] + b[j + u]) / 2;
                }
            }
        }
    }
}
