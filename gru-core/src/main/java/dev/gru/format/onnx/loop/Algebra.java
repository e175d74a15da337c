package dev.gru.format.onnx.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.gru.format.onnx.loop.Atom.Applied;
import dev.gru.format.onnx.loop.Atom.Bias;
import dev.gru.format.onnx.loop.Atom.Clamped;
import dev.gru.format.onnx.loop.Atom.Given;
import dev.gru.format.onnx.loop.Atom.Linear;
import dev.gru.format.onnx.loop.Atom.Matrix;
import dev.gru.format.onnx.loop.Atom.Operand;
import dev.gru.format.onnx.loop.Atom.Product;
import dev.gru.format.onnx.loop.Formula.Term;
import dev.gru.format.onnx.proto.Tensor;
import dev.gru.weights.Activation;

/**
 * Computes in formulas: the operators that the body of a recurrent loop is made of, on the input of a step and the
 * state.
 *
 * <p>What is equal gets the same number, so formulas are compared without going down into them. For one loop and one
 * thread.
 */
public final class Algebra {
    /** The most atoms that are multiplied in a GRU: z ⊙ r ⊙ (W h + b), where the candidate is linear. */
    private static final int MAX_FACTORS = 3;
    /** More products and biases than sums in a GRU have. */
    private static final int MAX_SUM = 16;
    /** How far functions of functions go: a candidate has a gate in it, and rounding off a range takes a few steps. */
    private static final int MAX_DEPTH = 6;

    private final List<Atom> atoms = new ArrayList<>();
    private final Map<Atom, Integer> numbers = new HashMap<>();
    private final List<Integer> depths = new ArrayList<>();

    /** Returns an atom by its number. */
    Atom atom(int number) {
        return atoms.get(number);
    }

    private Formula formula(Atom atom) {
        Integer known = numbers.get(atom);
        if (known == null) {
            int depth = depth(atom);
            if (depth > MAX_DEPTH) {
                throw new DepartureException("is a function of functions of functions");
            }
            known = atoms.size();
            atoms.add(atom);
            depths.add(depth);
            numbers.put(atom, known);
        }
        return Formula.atom(atom.size(), known);
    }

    private int depth(Atom atom) {
        return switch (atom) {
            case Given _ -> 0;
            case Linear linear -> linear.products().stream().filter(product -> product.gate() >= 0)
                    .mapToInt(product -> 1 + depths.get(product.gate())).max().orElse(0);
            case Applied applied -> 1 + depth(applied.argument());
            case Clamped clamped -> 1 + depth(clamped.argument());
        };
    }

    private int depth(Formula formula) {
        return formula.terms().keySet().stream().flatMap(term -> term.atoms().stream()).mapToInt(depths::get).max()
                .orElse(0);
    }

    /** Returns the input of the step. */
    public Formula input(int features) {
        return formula(new Given(Operand.INPUT, 0, features));
    }

    /** Returns the state. */
    public Formula state(int units) {
        return formula(new Given(Operand.STATE, 0, units));
    }

    /**
     * Returns a constant, which must be a number or a vector.
     *
     * @throws DepartureException if it is neither
     */
    public Formula constant(Tensor tensor) {
        int last = tensor.rank() == 0 ? 1 : tensor.shape()[tensor.rank() - 1];
        if (tensor.length() != last || tensor.length() == 0) {
            throw new DepartureException("takes " + tensor + " where a number or a vector is expected");
        }
        if (tensor.length() == 1) {
            return Formula.number(tensor.floats() == null ? tensor.longs()[0] : tensor.floats()[0]);
        }
        if (tensor.floats() == null) {
            throw new DepartureException("takes a vector of whole numbers");
        }
        return formula(new Linear(List.of(), List.of(new Bias(tensor, 0, false)), List.of(), last));
    }

    /** Returns the sum. */
    public Formula add(Formula a, Formula b) {
        return checked(merged(a.plus(b, 1)));
    }

    /** Returns the difference. */
    public Formula subtract(Formula a, Formula b) {
        return checked(merged(a.plus(b, -1)));
    }

    /** Makes one sum of all sums of products with weights. */
    private Formula merged(Formula sum) {
        Map<Term, Double> rest = new TreeMap<>(sum.terms());
        List<Linear> linear = new ArrayList<>();
        sum.terms().forEach((term, factor) -> {
            if (term.atoms().size() == 1 && factor == 1 && atom(term.atoms().getFirst()) instanceof Linear part) {
                linear.add(part);
                rest.remove(term);
            }
        });
        if (linear.size() < 2) {
            return sum;
        }
        List<Product> products = new ArrayList<>();
        List<Bias> inputBiases = new ArrayList<>();
        List<Bias> stateBiases = new ArrayList<>();
        boolean ofState = linear.stream().allMatch(part -> part.products().isEmpty() || part.isOfState());
        for (Linear part : linear) {
            products.addAll(part.products());
            // A bias that is added to nothing but products of the state goes with them.
            (ofState ? stateBiases : inputBiases).addAll(part.inputBiases());
            stateBiases.addAll(part.stateBiases());
        }
        if (products.size() + inputBiases.size() + stateBiases.size() > MAX_SUM) {
            throw new DepartureException("makes a sum of more products than a GRU's equations have");
        }
        return formula(new Linear(products, inputBiases, stateBiases, sum.size())).plus(new Formula(sum.size(), rest),
                1);
    }

    /** Returns the products, element by element. */
    public Formula multiply(Formula a, Formula b) {
        if (a.isNumber() || b.isNumber()) {
            double factor = (a.isNumber() ? a : b).number();
            Formula other = a.isNumber() ? b : a;
            // A range stays one that is seen from outside: 1/6 · min(max(v + 3, 0), 6) is a hard sigmoid.
            if (factor > 0 && other.atom() >= 0 && atom(other.atom()) instanceof Clamped clamped) {
                return formula(new Clamped(clamped.argument().times(Formula.number(factor)), factor * clamped.low(),
                        factor * clamped.high(), clamped.size()));
            }
        }
        return checked(a.times(b));
    }

    /** Returns a formula if each of its products may be one in a GRU: of gates, and of no more than one thing else. */
    private Formula checked(Formula formula) {
        for (Term term : formula.terms().keySet()) {
            long others = term.atoms().stream().filter(number -> !mayBeGate(number)).count();
            if (others > 1 || term.atoms().size() > MAX_FACTORS
                    || term.atoms().stream().distinct().count() != term.atoms().size()) {
                throw new DepartureException("makes a product that a GRU's equations do not have");
            }
        }
        return formula;
    }

    private boolean mayBeGate(int number) {
        return atom(number) instanceof Applied || atom(number) instanceof Clamped;
    }

    /** Returns a function of a formula. */
    public Formula apply(Activation function, Formula argument) {
        if (function.equals(Activation.RELU)) {
            // A range that is open above, which a further node may close.
            return clamp(argument, 0, Double.POSITIVE_INFINITY);
        }
        requirePlain(argument);
        return formula(new Applied(function, argument, argument.size()));
    }

    /** Returns a formula cut to a range. */
    public Formula clamp(Formula argument, double low, double high) {
        requirePlain(argument);
        if (argument.atom() >= 0 && atom(argument.atom()) instanceof Clamped inner && low <= inner.high()
                && high >= inner.low()) {
            return formula(new Clamped(inner.argument(), Math.max(low, inner.low()), Math.min(high, inner.high()),
                    inner.size()));
        }
        return formula(new Clamped(argument, low, high, argument.size()));
    }

    private static void requirePlain(Formula argument) {
        if (argument.isNumber()) {
            throw new DepartureException("is a function of a constant");
        }
    }

    /**
     * Returns the product of weights and a vector.
     *
     * @param parts what the vector is put together of: the input, the state, the state times a gate
     * @param matrix the weights
     * @param transposed whether they have a row for each output, not a column
     */
    public Formula product(List<Formula> parts, Tensor matrix, boolean transposed) {
        if (matrix.rank() != 2 || matrix.floats() == null || matrix.length() == 0) {
            throw new DepartureException("its weights must be a matrix of floats, are " + matrix);
        }
        int inputs = matrix.shape()[transposed ? 1 : 0];
        int outputs = matrix.shape()[transposed ? 0 : 1];
        List<Product> products = new ArrayList<>();
        int row = 0;
        for (Formula part : parts) {
            products.add(product(part, new Matrix(matrix, transposed, row, 0)));
            row += part.size();
        }
        if (row != inputs) {
            throw new DepartureException("multiplies " + row + " elements by weights for " + inputs);
        }
        return formula(new Linear(products, List.of(), List.of(), outputs));
    }

    private Product product(Formula part, Matrix matrix) {
        if (part.terms().size() == 1 && part.terms().values().iterator().next() == 1) {
            int gate = -1;
            Given given = null;
            int others = 0;
            for (int number : part.terms().keySet().iterator().next().atoms()) {
                if (atom(number) instanceof Given found && found.start() == 0 && found.size() == part.size()) {
                    given = found;
                } else if (mayBeGate(number) && gate < 0) {
                    gate = number;
                } else {
                    others++;
                }
            }
            if (given != null && others == 0 && (gate < 0 || given.operand() == Operand.STATE)) {
                return new Product(given.operand(), gate, part.size(), matrix);
            }
        }
        throw new DepartureException(
                "multiplies weights with what is neither the input of the step, nor the state, alone or times a gate");
    }

    /** Returns some elements of a formula. */
    public Formula part(Formula whole, int start, int length) {
        if (start < 0 || length < 1 || start + length > whole.size()) {
            throw new DepartureException("takes " + length + " elements from " + start + " on of " + whole.size());
        }
        if (length == whole.size()) {
            return whole;
        }
        Formula sum = new Formula(length, Map.of());
        for (Map.Entry<Term, Double> entry : whole.terms().entrySet()) {
            Formula product = Formula.number(entry.getValue());
            for (int number : entry.getKey().atoms()) {
                product = product.times(part(number, start, length));
            }
            sum = sum.plus(product, 1);
        }
        return sum;
    }

    private Formula part(int number, int start, int length) {
        Atom atom = atom(number);
        return atom.size() == 1 ? Formula.atom(1, number) : formula(switch (atom) {
            case Given given -> new Given(given.operand(), given.start() + start, length);
            case Linear linear -> new Linear(linear.products().stream().map(product -> part(product, start)).toList(),
                    parts(linear.inputBiases(), start), parts(linear.stateBiases(), start), length);
            case Applied applied -> new Applied(applied.function(), part(applied.argument(), start, length), length);
            case Clamped clamped -> new Clamped(part(clamped.argument(), start, length), clamped.low(), clamped.high(),
                    length);
        });
    }

    private static Product part(Product product, int start) {
        Matrix matrix = product.matrix();
        return new Product(product.operand(), product.gate(), product.rows(), new Matrix(matrix.tensor(),
                matrix.transposed(), matrix.firstRow(), matrix.firstColumn() + start));
    }

    private static List<Bias> parts(List<Bias> biases, int start) {
        return biases.stream().map(bias -> new Bias(bias.tensor(), bias.start() + start, bias.repeated())).toList();
    }

    /** Returns a sum of products with weights that a formula is, but for a number; of the input itself, if need be. */
    Linear linear(Formula formula) {
        List<Integer> rest = new ArrayList<>();
        for (Map.Entry<Term, Double> entry : formula.terms().entrySet()) {
            List<Integer> factors = entry.getKey().atoms();
            if (!factors.isEmpty()) {
                if (factors.size() != 1) {
                    return null;
                }
                rest.add(factors.getFirst());
            }
        }
        List<Product> products = new ArrayList<>();
        List<Bias> inputBiases = new ArrayList<>();
        List<Bias> stateBiases = new ArrayList<>();
        for (int number : rest) {
            switch (atom(number)) {
                case Linear linear -> {
                    products.addAll(linear.products());
                    inputBiases.addAll(linear.inputBiases());
                    stateBiases.addAll(linear.stateBiases());
                }
                case Given given when given.operand() == Operand.INPUT ->
                    products.add(new Product(Operand.INPUT, -1, -1,
                            new Matrix(null, false, 0, given.start())));
                default -> {
                    return null;
                }
            }
        }
        return new Linear(products, inputBiases, stateBiases, formula.size());
    }
}
