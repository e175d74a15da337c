package dev.gru.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Rectangle;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Objects;

import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import dev.gru.format.file.FileReplacement;

/**
 * A line chart, written as SVG: black on white or, with a dark colour scheme, with light and dark exchanged.
 *
 * <p>With the same fonts the same chart makes the same file. For use by one thread.
 */
public final class LineChart {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    private static final float LINE_WIDTH = 2;
    private static final Color TEXT = new Color(0x333333);
    private static final Color GRID = new Color(0xDDDDDD);
    private static final String SVG = "http://www.w3.org/2000/svg";
    /** Exchanges light and dark, and leaves hues as they are. */
    private static final String STYLE = "@media (prefers-color-scheme: dark) { svg > g { filter: invert(0.9)"
            + " hue-rotate(180deg) } }";

    /** The scale of an axis. */
    public enum Scale {
        /** Linear. */
        LINEAR,
        /** Logarithmic; numbers that are not above 0 are left out. */
        LOGARITHMIC
    }

    /** Colours that colour-blind people can tell apart, from Okabe and Ito's palette. */
    public enum Hue {
        /** Blue. */
        BLUE(0x0072B2),
        /** Orange, almost red. */
        VERMILION(0xD55E00),
        /** Green. */
        GREEN(0x009E73),
        /** Pink. */
        PURPLE(0xCC79A7);

        private final Color color;

        Hue(int rgb) {
            color = new Color(rgb);
        }
    }

    /** The style of a line. */
    public enum Dash {
        /** Without gaps. */
        SOLID,
        /** With gaps. */
        DASHED;

        private BasicStroke stroke() {
            float[] lengths = this == SOLID ? null : new float[]{6, 4};
            return new BasicStroke(LINE_WIDTH, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, lengths, 0);
        }
    }

    private final String title;
    private final Scale yScale;
    private final XYSeriesCollection lines = new XYSeriesCollection();
    private final XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    private final XYPlot plot;

    /**
     * Creates a chart without lines.
     *
     * @param title the title
     * @param xLabel the label of the x axis, which is linear
     * @param yLabel the label of the y axis
     * @param yScale the scale of the y axis
     */
    public LineChart(String title, String xLabel, String yLabel, Scale yScale) {
        this.title = Objects.requireNonNull(title, "title");
        this.yScale = Objects.requireNonNull(yScale, "yScale");
        NumberAxis x = new NumberAxis(xLabel);
        x.setAutoRangeIncludesZero(false);
        x.setLowerMargin(0);
        x.setUpperMargin(0);
        // One path per line, not one per segment.
        renderer.setDrawSeriesLineAsPath(true);
        plot = new XYPlot(lines, style(x), style(axis(yLabel, yScale)), renderer);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.setDomainGridlineStroke(new BasicStroke(1));
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setOutlineVisible(false);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    }

    private static ValueAxis axis(String label, Scale scale) {
        if (scale == Scale.LINEAR) {
            return new NumberAxis(label);
        }
        LogAxis axis = new LogAxis(label);
        DecimalFormatSymbols symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
        symbols.setExponentSeparator("e");
        axis.setNumberFormatOverride(new DecimalFormat("0E0", symbols));
        return axis;
    }

    private static ValueAxis style(ValueAxis axis) {
        axis.setLabelFont(font(Font.PLAIN, 13));
        axis.setTickLabelFont(font(Font.PLAIN, 12));
        axis.setLabelPaint(TEXT);
        axis.setTickLabelPaint(TEXT);
        axis.setAxisLinePaint(TEXT);
        axis.setTickMarkPaint(TEXT);
        return axis;
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /**
     * Adds a line.
     *
     * @param name the name in the legend, different from that of any other line
     * @param hue its colour
     * @param dash its style
     * @param x the x values of its points
     * @param y the y values of its points; the line has a gap where y is not finite or, on a logarithmic scale, not
     *     above 0
     * @return this chart
     * @throws IllegalArgumentException if {@code x} and {@code y} differ in length, an x is infinite or NaN, or there
     *     is a line of that name
     */
    public LineChart line(String name, Hue hue, Dash dash, double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException("y must have as many numbers as x, " + x.length + ", had " + y.length);
        }
        XYSeries series = new XYSeries(name);
        for (int i = 0; i < x.length; i++) {
            if (!Double.isFinite(x[i])) {
                throw new IllegalArgumentException("x[" + i + "] must be finite, was " + x[i]);
            }
            boolean shown = Double.isFinite(y[i]) && (yScale == Scale.LINEAR || y[i] > 0);
            series.add(x[i], shown ? (Double) y[i] : null);
        }
        int index = lines.getSeriesCount();
        lines.addSeries(series);
        renderer.setSeriesPaint(index, hue.color);
        renderer.setSeriesStroke(index, dash.stroke());
        return this;
    }

    /**
     * Writes the chart.
     *
     * @param file an SVG file; replaced if it exists
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        JFreeChart chart = new JFreeChart(title, font(Font.BOLD, 15), plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setPaint(TEXT);
        chart.getLegend().setFrame(BlockBorder.NONE);
        chart.getLegend().setItemFont(font(Font.PLAIN, 12));
        chart.getLegend().setItemPaint(TEXT);
        chart.setPadding(new RectangleInsets(8, 8, 8, 20));
        Document document = newDocument();
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
        context.setComment(null);
        context.setPrecision(1);
        SVGGraphics2D graphics = new SVGGraphics2D(context, false);
        graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT));
        chart.draw(graphics, new Rectangle(WIDTH, HEIGHT));
        Element root = graphics.getRoot();
        root.setAttribute("viewBox", "0 0 " + WIDTH + " " + HEIGHT);
        root.setAttribute("role", "img");
        root.insertBefore(textElement(document, "style", STYLE), root.getFirstChild());
        root.insertBefore(textElement(document, "title", title), root.getFirstChild());
        FileReplacement.write(file, out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            graphics.stream(root, writer, true, false);
            writer.flush();
        });
    }

    private static Element textElement(Document document, String name, String text) {
        Element element = document.createElementNS(SVG, name);
        element.setTextContent(text);
        return element;
    }

    private static Document newDocument() {
        try {
            return DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder().getDOMImplementation()
                    .createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK has no XML parser that knows namespaces", e);
        }
    }
}
