package dev.gru.layer;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;

import dev.gru.internal.OwnedFloats;
import dev.gru.internal.Shapes;
import dev.gru.layer.LayerOptions.Option;

/**
 * For each step of a query, an average over the steps of a value, weighted by how well the query fits the key there:
 * Keras's {@code Attention} and {@code AdditiveAttention}. Inputs are the query, the value and the key, which is the
 * value if there are two inputs.
 *
 * <p>Weights are the softmax of the scores over the steps of the value, which must not be masked. The output of a
 * masked step of the query is 0.
 *
 * <p>Immutable.
 */
public final class Attention implements Layer {
    private static final Option<Score> SCORE = Option.choice("score", Score.class);
    private static final Option<Integer> SCALE_SIZE = Option.count("scale_size");
    private static final Option<Boolean> CAUSAL = Option.flag("causal");
    static final List<Option<?>> OPTIONS = List.of(SCORE, SCALE_SIZE, CAUSAL);

    private final String name;
    private final Score score;
    private final float[] scale;
    private final boolean causal;

    /** How well a query q fits a key k, with the scale s, which is 1 if there is none. */
    public enum Score {
        /** s Σ_i q_i k_i (Luong et al. 2015); s is one number. */
        DOT,
        /** Σ_i s_i tanh(q_i + k_i) (Bahdanau et al. 2015); s has as many numbers as a query. */
        ADDITIVE,
        /** s Σ_i tanh(q_i + k_i); s is the number that Keras calls {@code concat_score_weight} times its scale. */
        CONCATENATE
    }

    /**
     * Describes an attention to all steps.
     *
     * @param name the name of the layer in its model
     * @param score how well a query fits a key
     * @param scale what scores are scaled with: nothing, one number or, for {@link Score#ADDITIVE}, one for each
     *     feature
     * @throws IllegalArgumentException if there are more than such scores have
     */
    public Attention(String name, Score score, float[] scale) {
        this(name, score, Objects.requireNonNull(scale, "scale").clone(), false);
    }

    private Attention(String name, Score score, float[] scale, boolean causal) {
        this.name = Objects.requireNonNull(name, "name");
        this.score = Objects.requireNonNull(score, "score");
        this.scale = scale;
        this.causal = causal;
        if (score != Score.ADDITIVE && scale.length > 1) {
            throw new IllegalArgumentException("scale must be one number at most for the score " + score + ", had "
                    + scale.length);
        }
    }

    static List<Parameter.Spec> specs(LayerOptions options) {
        return specs(options.get(SCALE_SIZE));
    }

    private static List<Parameter.Spec> specs(int size) {
        return size == 0 ? List.of() : List.of(Parameter.Spec.of("scale", Parameter.Role.SCALE, size));
    }

    static Attention make(String name, LayerOptions options, List<Layer> parts, List<OwnedFloats> parameters) {
        int size = options.get(SCALE_SIZE);
        return new Attention(name, options.get(SCORE),
                size == 0 ? new float[0] : parameters.getFirst().take("scale", size), options.get(CAUSAL));
    }

    /**
     * Returns the same layer, of which step t of the query sees no further than step t of the value, or all of it:
     * Keras's {@code use_causal_mask}.
     */
    public Attention withCausal(boolean noLater) {
        return new Attention(name, score, scale, noLater);
    }

    @Override
    public String name() {
        return name;
    }

    /** Returns how well a query fits a key. */
    public Score score() {
        return score;
    }

    /** Returns whether step t of the query sees no further than step t of the value. */
    public boolean causal() {
        return causal;
    }

    /** Returns what scores are scaled with: nothing, one number or one for each feature; a copy. */
    public float[] scale() {
        return scale.clone();
    }

    @Override
    public Layer.Type type() {
        return Layer.Type.ATTENTION;
    }

    @Override
    public LayerOptions options() {
        return LayerOptions.none().with(SCORE, score).with(SCALE_SIZE, scale.length).with(CAUSAL, causal);
    }

    @Override
    public List<Parameter> parameters() {
        return scale.length == 0
                ? List.of()
                : Parameter.zip(specs(scale.length), FloatBuffer.wrap(scale));
    }

    @Override
    public Shape outputShape(Shape input) {
        return outputShape(List.of(Objects.requireNonNull(input, "input")));
    }

    @Override
    public Shape outputShape(List<Shape> inputs) {
        if (Shapes.copyOf("inputs", inputs).size() != 2 && inputs.size() != 3) {
            throw new IllegalArgumentException("it takes a query, a value and perhaps a key, but gets "
                    + inputs.size() + " inputs");
        }
        inputs.forEach(input -> input.requireFeatures().requireSequence());
        int size = inputs.getFirst().features();
        int keySize = inputs.getLast().features();
        if (keySize != size) {
            throw new IllegalArgumentException("its query and its key must have as many features, but have " + size
                    + " and " + keySize);
        }
        if (scale.length > 1 && scale.length != size) {
            throw new IllegalArgumentException("its scale has " + scale.length + " numbers, but its query " + size
                    + " features");
        }
        return Shape.sequence(inputs.get(1).features());
    }

    @Override
    public int outputSteps(List<Shape> inputs, List<Integer> steps) {
        if (Shapes.copyOf("steps", steps).size() == 3 && !steps.get(1).equals(steps.get(2))) {
            throw new IllegalArgumentException("its value and its key must have as many steps, but have "
                    + steps.get(1) + " and " + steps.get(2));
        }
        return Shapes.requireNotNegative("steps", Shapes.first("steps", steps));
    }

    @Override
    public Time time() {
        return Time.WHOLE_SEQUENCE;
    }

    /** Returns that it uses masks; that of the query goes on. */
    @Override
    public Mask mask() {
        return Mask.USES;
    }

    @Override
    public String toString() {
        return "Attention[" + name + ", " + score + ", scale=" + scale.length + (causal ? ", causal]" : "]");
    }
}
