package dev.gru.bench.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import dev.gru.bench.report.LineChart.Dash;
import dev.gru.bench.report.LineChart.Hue;
import dev.gru.bench.report.LineChart.Scale;

/** A chart is well-formed SVG of text and one path for each line, and small. */
class LineChartTest {
    @TempDir
    private Path directory;

    private static LineChart chart(Scale scale) {
        return new LineChart("Title & more", "over <x>", "what it says", scale);
    }

    private Document written(LineChart chart) throws Exception {
        Path file = directory.resolve("chart.svg");
        chart.write(file);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        // The document names its type, which is elsewhere.
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(file.toFile());
    }

    private static List<String> texts(Document document) {
        NodeList nodes = document.getElementsByTagName("text");
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> nodes.item(i).getTextContent()).toList();
    }

    /**
     * Returns what the lines of a colour are, as SVG says it: M begins a piece. Those of the legend have only two
     * points.
     */
    private static List<String> lines(Document document, String color) {
        NodeList nodes = document.getElementsByTagName("path");
        return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i))
                .filter(path -> (path.getAttribute("style") + ((Element) path.getParentNode()).getAttribute("style"))
                        .contains("stroke:" + color))
                .map(path -> path.getAttribute("d")).filter(path -> path.split("[ML]").length > 3).toList();
    }

    @Test
    void titlesAndNamesAreText() throws Exception {
        double[] x = {0, 1, 2};
        List<String> texts = texts(written(chart(Scale.LINEAR).line("one", Hue.BLUE, Dash.SOLID, x, x)
                .line("other", Hue.GREEN, Dash.DASHED, x, x)));
        assertTrue(texts.containsAll(List.of("Title & more", "over <x>", "one", "other")),
                texts.toString());
    }

    @Test
    void aLineIsOnePathWithAGapWhereThereIsNoNumber() throws Exception {
        double[] x = IntStream.range(0, 20).asDoubleStream().toArray();
        double[] y = IntStream.range(0, 20).mapToDouble(i -> Math.pow(10, -i)).toArray();
        y[10] = 0;
        Document document = written(chart(Scale.LOGARITHMIC).line("powers", Hue.VERMILION, Dash.SOLID, x, y));
        List<String> lines = lines(document, "rgb(213,94,0)");
        assertEquals(1, lines.size());
        String path = lines.getFirst();
        assertEquals(2, path.chars().filter(c -> c == 'M').count(), path);
        assertEquals(17, path.chars().filter(c -> c == 'L').count(), path);
    }

    @Test
    void thousandPointsAreASmallFileAndTheSameOneEachTime() throws Exception {
        double[] x = IntStream.range(0, 1000).asDoubleStream().toArray();
        Path first = directory.resolve("first.svg");
        Path second = directory.resolve("second.svg");
        for (Path file : List.of(first, second)) {
            chart(Scale.LINEAR).line("waves", Hue.PURPLE, Dash.DASHED, x,
                    IntStream.range(0, 1000).mapToDouble(i -> Math.sin(i / 50.0)).toArray()).write(file);
        }
        assertTrue(Files.size(first) < 50_000, Files.size(first) + " bytes");
        assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
        assertTrue(Files.readString(first).contains("prefers-color-scheme: dark"));
    }

    @Test
    void badLinesAreRefused() {
        LineChart chart = chart(Scale.LINEAR).line("one", Hue.BLUE, Dash.SOLID, new double[]{1}, new double[]{1});
        assertThrows(IllegalArgumentException.class,
                () -> chart.line("two", Hue.BLUE, Dash.SOLID, new double[]{1}, new double[2]));
        assertThrows(IllegalArgumentException.class,
                () -> chart.line("two", Hue.BLUE, Dash.SOLID, new double[]{Double.NaN}, new double[1]));
        assertThrows(IllegalArgumentException.class,
                () -> chart.line("one", Hue.BLUE, Dash.SOLID, new double[]{1}, new double[]{1}));
    }
}
