package dev.gru.format.onnx.loop;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A vector of a step of a loop, as a sum of products, element by element, of {@linkplain Atom atoms}. A number is
 * the product of no atoms.
 *
 * <p>Immutable.
 *
 * @param size how many elements it has; 1 may stand for any number of them
 * @param terms what each product is multiplied with, which is not 0
 */
public record Formula(int size, Map<Term, Double> terms) {
    /** No sum of a GRU comes near to that many products. */
    private static final int MAX_TERMS = 32;

    /**
     * A product.
     *
     * @param atoms the numbers of its atoms, in ascending order
     */
    public record Term(List<Integer> atoms) implements Comparable<Term> {
        static final Term NONE = new Term(List.of());

        /** Copies the list. */
        public Term {
            atoms = List.copyOf(atoms);
        }

        static Term of(int atom) {
            return new Term(List.of(atom));
        }

        Term times(Term other) {
            return new Term(Stream.concat(atoms.stream(), other.atoms.stream()).sorted().toList());
        }

        @Override
        public int compareTo(Term other) {
            int common = Math.min(atoms.size(), other.atoms.size());
            for (int i = 0; i < common; i++) {
                int order = Integer.compare(atoms.get(i), other.atoms.get(i));
                if (order != 0) {
                    return order;
                }
            }
            return Integer.compare(atoms.size(), other.atoms.size());
        }
    }

    /**
     * Copies the terms.
     *
     * @throws DepartureException if there are more than any sum in a GRU has
     */
    public Formula {
        terms = Collections.unmodifiableMap(new TreeMap<>(terms));
        if (terms.size() > MAX_TERMS) {
            throw new DepartureException("makes a sum of more than " + MAX_TERMS + " products");
        }
    }

    static Formula number(double value) {
        return new Formula(1, value == 0 ? Map.of() : Map.of(Term.NONE, value));
    }

    static Formula atom(int size, int atom) {
        return new Formula(size, Map.of(Term.of(atom), 1.0));
    }

    /** Returns whether it is a number. */
    public boolean isNumber() {
        return terms.isEmpty() || (terms.size() == 1 && terms.containsKey(Term.NONE));
    }

    /** Returns the number that is added to products. */
    public double number() {
        return terms.getOrDefault(Term.NONE, 0.0);
    }

    /** Returns the only atom that this is, or -1. */
    int atom() {
        if (terms.size() != 1) {
            return -1;
        }
        Map.Entry<Term, Double> only = terms.entrySet().iterator().next();
        return only.getKey().atoms().size() == 1 && only.getValue() == 1 ? only.getKey().atoms().getFirst() : -1;
    }

    /** Returns the sum with a multiple of another. */
    Formula plus(Formula other, double factor) {
        Map<Term, Double> sum = new TreeMap<>(terms);
        other.terms.forEach((term, value) -> sum.merge(term, factor * value, Double::sum));
        sum.values().removeIf(value -> value == 0);
        return new Formula(size(other), sum);
    }

    Formula times(Formula other) {
        Map<Term, Double> products = new TreeMap<>();
        terms.forEach((a, left) -> other.terms.forEach((b, right) -> products.merge(a.times(b), left * right,
                Double::sum)));
        products.values().removeIf(value -> value == 0);
        return new Formula(size(other), products);
    }

    private int size(Formula other) {
        if (size != other.size && size != 1 && other.size != 1) {
            throw new DepartureException("joins vectors of " + size + " and " + other.size + " elements");
        }
        return Math.max(size, other.size);
    }

    /** Returns the products that have an atom, without it. */
    Formula dividedBy(int atom) {
        Map<Term, Double> quotients = new TreeMap<>();
        terms.forEach((term, value) -> {
            if (term.atoms().contains(atom)) {
                List<Integer> rest = term.atoms().stream().filter(other -> other != atom).toList();
                quotients.put(new Term(rest), value);
            }
        });
        return new Formula(size, quotients);
    }

    /** Returns the products that do not have an atom. */
    Formula without(int atom) {
        return new Formula(size, terms.entrySet().stream().filter(entry -> !entry.getKey().atoms().contains(atom))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }
}
