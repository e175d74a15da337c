package dev.gru.format.onnx.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import dev.gru.format.onnx.loop.Atom.Applied;
import dev.gru.format.onnx.loop.Atom.Bias;
import dev.gru.format.onnx.loop.Atom.Clamped;
import dev.gru.format.onnx.loop.Atom.Linear;
import dev.gru.format.onnx.loop.Atom.Operand;
import dev.gru.format.onnx.loop.Atom.Product;
import dev.gru.format.onnx.loop.Formula.Term;
import dev.gru.internal.OwnedFloats;
import dev.gru.weights.Activation;
import dev.gru.weights.Gate;
import dev.gru.weights.GruActivations;
import dev.gru.weights.GruVariant;
import dev.gru.weights.GruWeights;

/**
 * Compares the formula of a new state with the equations of a GRU, and takes the weights out of it:
 *
 * <pre>
 * h' = (1 − z) ⊙ n + z ⊙ h, or with 1 − z in the place of z
 * n  = g(W x + b + r ⊙ (U h + c)), or g(W x + b + U (r ⊙ h))
 * z  = f(W x + U h + b), and r likewise
 * </pre>
 *
 * <p>For one loop and one thread.
 */
public final class Equations {
    private final Algebra algebra;
    private final int inputs;
    private final int units;
    private final float[] weightIh;
    private final float[] weightHh;
    private final float[] biasIh;
    private final float[] biasHh;

    /** A function, what it is of, and the number that is added to that. */
    private record Function(Activation activation, Formula argument) {
    }

    /** Where z is found: its atom, the candidate, and whether 1 − z is what the equations call z. */
    private record Update(int gate, Formula candidate, boolean complement) {
    }

    private Equations(Algebra algebra, int inputs, int units) {
        this.algebra = algebra;
        this.inputs = inputs;
        this.units = units;
        int rows = Gate.COUNT * units;
        weightIh = new float[rows * inputs];
        weightHh = new float[rows * units];
        biasIh = new float[rows];
        biasHh = new float[rows];
    }

    /**
     * Returns the GRU that a formula is a step of.
     *
     * @param algebra what the formula was computed in
     * @param next the new state
     * @param inputs features of the input
     * @param units units of the state
     * @throws DepartureException if it is none
     */
    public static GruWeights weights(Algebra algebra, Formula next, int inputs, int units) {
        return new Equations(algebra, inputs, units).weights(next);
    }

    private GruWeights weights(Formula next) {
        Update update = update(next);
        Function z = gate(update.gate(), "update");
        int candidateAtom = update.candidate().atom();
        Function n = isFunction(candidateAtom)
                ? function(candidateAtom, "candidate")
                : new Function(Activation.LINEAR, update.candidate());
        Formula direct = n.argument();
        int r = -1;
        Linear recurrent = null;
        double offset = 0;
        for (Term term : n.argument().terms().keySet()) {
            for (int atom : term.atoms()) {
                if (isFunction(atom)) {
                    require(r < 0 || r == atom, "its candidate has two gates in it");
                    r = atom;
                }
            }
        }
        GruVariant variant = r < 0 ? GruVariant.RESET_BEFORE : GruVariant.RESET_AFTER;
        if (r >= 0) {
            Formula gated = direct.dividedBy(r);
            direct = direct.without(r);
            recurrent = linear(gated, "candidate");
            offset = gated.number();
        } else {
            for (Product product : linear(direct, "candidate").products()) {
                if (product.gate() >= 0) {
                    require(r < 0 || r == product.gate(), "its candidate has two gates in it");
                    r = product.gate();
                }
            }
        }
        require(r >= 0, "its candidate has no reset gate");
        Linear input = linear(direct, "candidate");
        Function reset = gate(r, "reset");
        require(reset.activation().equals(z.activation()), "its gates have different functions");

        boolean after = recurrent != null;
        fill(Gate.RESET, linear(reset.argument(), "reset gate"), reset.argument().number(), 1, -1);
        fill(Gate.UPDATE, linear(z.argument(), "update gate"), z.argument().number(), update.complement() ? -1 : 1, -1);
        if (after) {
            require(recurrent.products().isEmpty() || recurrent.isOfState(), "its reset gate multiplies the input");
            require(input.products().stream().noneMatch(product -> product.operand() == Operand.STATE),
                    "a part of the state goes past the reset gate");
            fillState(Gate.NEW, recurrent, offset);
        }
        fill(Gate.NEW, input, direct.number(), 1, after ? -1 : r);
        return GruWeights.owning(variant, new GruActivations(z.activation(), n.activation(), Float.POSITIVE_INFINITY),
                inputs, units, OwnedFloats.of(weightIh), OwnedFloats.of(weightHh), OwnedFloats.of(biasIh),
                OwnedFloats.of(biasHh));
    }

    /** Finds z in h' = (1 − z) ⊙ n + z ⊙ h: without z that is n, and what it is multiplied with h − n. */
    private Update update(Formula next) {
        Set<Integer> gates = new TreeSet<>();
        next.terms().keySet().forEach(term -> term.atoms().stream().filter(this::isFunction).forEach(gates::add));
        Formula state = algebra.state(units);
        for (int gate : gates) {
            Formula with = next.dividedBy(gate);
            Formula without = next.without(gate);
            if (with.terms().equals(state.plus(without, -1).terms())) {
                return new Update(gate, without, false);
            }
            if (without.terms().equals(state.terms())) {
                Function function = gate(gate, "update");
                Activation activation = function.activation();
                // 1 − f(v) = f(−v) for σ, and for a hard sigmoid that is ½ at 0.
                require(activation.function() == Activation.Function.SIGMOID
                        || (activation.function() == Activation.Function.HARD_SIGMOID && activation.beta() == 0.5f),
                        "its update gate is " + activation + ", of which 1 − z is no such function");
                return new Update(gate, with.plus(state, 1), true);
            }
        }
        throw new DepartureException("its new state is not (1 − z) ⊙ n + z ⊙ h");
    }

    private boolean isFunction(int atom) {
        return atom >= 0 && (algebra.atom(atom) instanceof Applied || algebra.atom(atom) instanceof Clamped);
    }

    private Function gate(int atom, String name) {
        return function(atom, name + " gate");
    }

    /** Returns which function an atom is of what. */
    private Function function(int atom, String name) {
        if (algebra.atom(atom) instanceof Applied applied) {
            return new Function(applied.function(), applied.argument());
        }
        Clamped clamped = (Clamped) algebra.atom(atom);
        if (clamped.low() == 0 && clamped.high() == Double.POSITIVE_INFINITY) {
            return new Function(Activation.RELU, clamped.argument());
        }
        require(clamped.low() == 0 && Math.abs(clamped.high() - 1) < 1e-6,
                "its " + name + " is cut to " + clamped.low() + " to " + clamped.high());
        List<Double> factors = clamped.argument().terms().entrySet().stream()
                .filter(entry -> !entry.getKey().atoms().isEmpty()).map(Map.Entry::getValue).distinct().toList();
        require(factors.size() == 1 && factors.getFirst() > 0, "its " + name + " is no hard sigmoid");
        double beta = clamped.argument().number();
        Formula argument = clamped.argument().plus(Formula.number(1), -beta).times(
                Formula.number(1 / factors.getFirst()));
        return new Function(Activation.hardSigmoid(factors.getFirst().floatValue(), (float) beta), rounded(argument));
    }

    /** Makes factors that are 1 but for rounding 1. */
    private static Formula rounded(Formula formula) {
        Map<Term, Double> terms = new TreeMap<>(formula.terms());
        terms.replaceAll((_, factor) -> Math.abs(factor - 1) < 1e-6 ? 1.0 : factor);
        return new Formula(formula.size(), terms);
    }

    private Linear linear(Formula formula, String name) {
        boolean plain = formula.terms().entrySet().stream()
                .allMatch(entry -> entry.getKey().atoms().isEmpty() || entry.getValue() == 1);
        Linear linear = plain && formula.size() == units ? algebra.linear(formula) : null;
        require(linear != null, "its " + name + " is not a function of W x + U h + b");
        return linear;
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new DepartureException(problem);
        }
    }

    /** Adds a sum to the weights of a gate; {@code through} is the gate that the state is multiplied with, or -1. */
    private void fill(Gate gate, Linear linear, double offset, int sign, int through) {
        for (Product product : linear.products()) {
            if (product.operand() == Operand.INPUT) {
                add(gate, product, inputs, weightIh, sign);
            } else {
                require(product.gate() == through, "its " + gate + " is computed from another state than a GRU's");
                add(gate, product, units, weightHh, sign);
            }
        }
        add(gate, linear.inputBiases(), biasIh, sign);
        add(gate, linear.stateBiases(), biasHh, sign);
        for (int unit = 0; unit < units; unit++) {
            biasIh[gate.index() * units + unit] += (float) (sign * offset);
        }
    }

    /** Adds what the reset gate multiplies, all of which belongs to the state. */
    private void fillState(Gate gate, Linear linear, double offset) {
        for (Product product : linear.products()) {
            require(product.gate() < 0, "its candidate has two gates in it");
            add(gate, product, units, weightHh, 1);
        }
        List<Bias> biases = new ArrayList<>(linear.inputBiases());
        biases.addAll(linear.stateBiases());
        add(gate, biases, biasHh, 1);
        for (int unit = 0; unit < units; unit++) {
            biasHh[gate.index() * units + unit] += (float) offset;
        }
    }

    private void add(Gate gate, Product product, int columns, float[] weights, int sign) {
        for (int unit = 0; unit < units; unit++) {
            int row = (gate.index() * units + unit) * columns;
            for (int i = 0; i < columns; i++) {
                weights[row + i] += sign * product.matrix().at(i, unit);
            }
        }
    }

    private void add(Gate gate, List<Bias> biases, float[] target, int sign) {
        for (Bias bias : biases) {
            for (int unit = 0; unit < units; unit++) {
                target[gate.index() * units + unit] += sign * bias.at(unit);
            }
        }
    }
}
